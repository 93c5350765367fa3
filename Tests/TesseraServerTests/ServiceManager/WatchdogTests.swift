import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// Signs of life: as often as they are asked for, and none from a server that hangs.
@Suite struct WatchdogTests {
  private let receiver: NotifyReceiver
  private let socket: NotifySocket

  init() throws {
    receiver = try NotifyReceiver()
    socket = try #require(NotifySocket(["NOTIFY_SOCKET": receiver.name]))
  }

  @Test func signsComeTwiceInTheTimeThatIsAllowed() throws {
    let watchdog = try #require(Watchdog(socket, environment: ["WATCHDOG_USEC": "30000000"]))
    #expect(watchdog.interval == .seconds(15))
  }

  /// Not asked for, asked of another process, and no time.
  static let silent = [
    [:], ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"], ["WATCHDOG_USEC": ""], ["WATCHDOG_USEC": "0"],
    ["WATCHDOG_USEC": "-2"], ["WATCHDOG_USEC": "soon"],
  ]

  @Test(arguments: silent) func whoIsNotAskedGivesNone(environment: [String: String]) {
    #expect(Watchdog(socket, environment: environment, process: 2) == nil)
  }

  @Test func whoIsAskedByItsNumberGivesSigns() {
    let environment = ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "2"]
    #expect(Watchdog(socket, environment: environment, process: 2) != nil)
  }

  @Test func signsGoOnUntilItIsCancelled() async throws {
    let watchdog = try #require(Watchdog(socket, environment: ["WATCHDOG_USEC": "2000"]))
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let running = Task { await watchdog.run(over: loops) }
    for _ in 0..<3 { #expect(try await receiver.next() == "WATCHDOG=1") }
    running.cancel()
    await running.value
    try await loops.shutdownGracefully()
  }

  @Test func anEventLoopThatHangsKeepsTheSignBack() async throws {
    let watchdog = try #require(Watchdog(socket, environment: ["WATCHDOG_USEC": "2000"]))
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let isHanging = Mutex(true)
    loops.next().execute { while isHanging.withLock({ $0 }) { usleep(1000) } }
    let sign = Task { await watchdog.giveSign(of: loops) }
    // A sign that did not wait would be there before the second of these.
    for _ in 0..<20 { await Task.yield() }
    socket.send("the loop hangs")
    #expect(try await receiver.next() == "the loop hangs")
    isHanging.withLock { $0 = false }
    await sign.value
    #expect(try await receiver.next() == "WATCHDOG=1")
    try await loops.shutdownGracefully()
  }
}
