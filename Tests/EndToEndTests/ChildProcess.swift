import Foundation
import Synchronization

/// A process started by `posix_spawn`.
///
/// Not Foundation's `Process`: on Linux its `run` is not safe when other threads open and close files at the same
/// time, which tests that run in parallel do.
final class ChildProcess: Sendable {
  struct CannotStart: Error { let errorNumber: Int32 }

  let identifier: pid_t
  private let ended: Ended
  private let exit: Task<Int32, Never>

  private final class Ended: Sendable {
    let status = Mutex<Int32?>(nil)
  }

  /// Starts it with standard input, output and error from and to files.
  ///
  /// `listening` are sockets that it is handed as a service manager does it, from descriptor 3 on.
  init(
    _ executable: URL,
    _ arguments: [String],
    environment: [String: String],
    openFiles: Int? = nil,
    listening: [CInt] = [],
    folder: URL,
    input: URL,
    output: URL,
    errors: URL
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input.path, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    for (index, descriptor) in listening.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(3 + index))
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The test runner may ignore or block signals, and a child inherits that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    // The shell changes the folder and then becomes the program: the same process, so signals reach it.
    let limit = openFiles.map { "ulimit -n \($0) && " } ?? ""
    let handover = listening.isEmpty ? "" : "export LISTEN_PID=$$ LISTEN_FDS=\(listening.count) && "
    let shell = ["/bin/sh", "-c", limit + handover + #"cd "$0" && exec "$@""#, folder.path]
    let argumentPointers = (shell + [executable.path] + arguments).map { strdup($0) } + [nil]
    let environmentPointers = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var identifier = pid_t()
    let result = posix_spawn(
      &identifier,
      shell[0],
      &actions,
      &attributes,
      argumentPointers,
      environmentPointers
    )
    guard result == 0 else { throw CannotStart(errorNumber: result) }
    self.identifier = identifier
    let (child, ended) = (identifier, Ended())
    self.ended = ended
    exit = Task {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          let status = ChildProcess.wait(for: child)
          ended.status.withLock { $0 = status }
          continuation.resume(returning: status)
        }
      }
    }
  }

  /// A test that failed leaves nothing running.
  deinit {
    signal(SIGKILL)
  }

  /// Waits for its end: the exit status, or the negative number of the signal that ended it.
  func status() async -> Int32 { await exit.value }

  /// Whether it has ended.
  var hasEnded: Bool { ended.status.withLock { $0 != nil } }

  /// The bytes of memory that it has; nil when it has ended.
  var residentSize: Int? {
    let pages = try? String(contentsOfFile: "/proc/\(identifier)/statm", encoding: .utf8).split(
      separator: " "
    )
    return pages.flatMap { $0.count > 1 ? Int($0[1]) : nil }.map { $0 * Int(getpagesize()) }
  }

  /// Sends a signal, unless it has ended.
  func signal(_ number: Int32) {
    if !hasEnded { kill(identifier, number) }
  }

  private static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : -signal
  }
}
