#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lets other processes write between the commits of this one.
///
/// SQLite has no queue for its lock: who waits for it looks now and then whether it is free, and beside a process that
/// commits without a pause it never is. So whoever waits shares a lock on the folder of the database meanwhile, and
/// whoever has just committed pauses while somebody does.
final class Turnstile: Sendable {
  /// How often a waiting process looks whether the database is free, in microseconds.
  static let pause: UInt32 = 1000
  /// For how many pauses one that does not get on, because it was stopped, is let pass.
  private static let patience = 250

  /// The folder; -1 when it cannot be opened, and then nobody is let pass.
  private let descriptor: Int32

  init(path: String) {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    descriptor = open(folder.isEmpty ? "/" : String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Waits for the database by this.
  func wait(_ body: () throws -> Void) rethrows {
    guard descriptor >= 0 else { return try body() }
    // Another process may be looking whether anybody waits, which takes no time.
    for _ in 0..<20 where flock(descriptor, LOCK_SH | LOCK_NB) != 0 { usleep(50) }
    defer { flock(descriptor, LOCK_UN) }
    try body()
  }

  /// Pauses while others wait for the database.
  func letOthersPass() {
    guard descriptor >= 0 else { return }
    for _ in 0..<Turnstile.patience {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        flock(descriptor, LOCK_UN)
        return
      }
      usleep(Turnstile.pause)
    }
  }
}
