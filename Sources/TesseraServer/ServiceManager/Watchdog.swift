import Foundation
import NIOCore

/// Signs of life for a service manager, which starts a server anew that gives none (`WatchdogSec=` of systemd).
struct Watchdog: Sendable {
  private let socket: NotifySocket
  /// The time between two signs: half of what the service manager allows, as sd_watchdog_enabled(3) advises.
  let interval: Duration

  /// Nil when the service manager does not ask this process for signs of life.
  init?(
    _ socket: NotifySocket,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    process: pid_t = getpid()
  ) {
    guard let limit = environment["WATCHDOG_USEC"].flatMap(Int64.init), limit > 1,
      [nil, String(process)].contains(environment["WATCHDOG_PID"])
    else { return nil }
    self.socket = socket
    interval = .microseconds(limit / 2)
  }

  /// Gives signs until the task is cancelled.
  func run(over loops: some EventLoopGroup) async {
    while !Task.isCancelled {
      await giveSign(of: loops)
      try? await Task.sleep(for: interval)
    }
  }

  /// Gives one sign, once every event loop has answered: one that hangs keeps it back.
  func giveSign(of loops: some EventLoopGroup) async {
    for loop in loops.makeIterator() { try? await loop.submit {}.get() }
    socket.send("WATCHDOG=1")
  }
}
