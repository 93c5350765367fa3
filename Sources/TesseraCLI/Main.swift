import ArgumentParser
import Foundation
import TesseraServer

/// Runs the command that the arguments name.
///
/// Not the parser's own `main`, because exit codes and the form of errors are ours.
@main
enum Main {
  static func main() async {
    // A closed pipe is an error of one write, not the end of a server.
    signal(SIGPIPE, SIG_IGN)
    forbidCoreDumps()
    do {
      var command = try TesseraCommand.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(FailureReport(error).deliver())
    }
  }

  /// Keeps what is in memory, secrets and the master key among it, from being written to a disk when the process crashes.
  ///
  /// One byte, where that is allowed: the kernel then also gives nothing to a program that collects dumps, which for zero
  /// it would (core(5)).
  private static func forbidCoreDumps() {
    var limit = rlimit()
    #if canImport(Glibc)
      let size = __rlimit_resource_t(RLIMIT_CORE.rawValue)
    #else
      let size = RLIMIT_CORE
    #endif
    guard getrlimit(size, &limit) == 0 else { return }
    limit.rlim_max = min(limit.rlim_max, 1)
    limit.rlim_cur = limit.rlim_max
    setrlimit(size, &limit)
  }
}
