import NIOCore
import TesseraSupport
import TesseraTestSupport

@testable import TesseraHTTP

extension LoopConnections {
  /// The connections of an event loop without others.
  convenience init(of eventLoop: any EventLoop, maximumHandshakes: Int = .max, log: TestLog = TestLog()) {
    self.init(
      of: eventLoop,
      maximumHandshakes: maximumHandshakes,
      requestLog: LoggerRequestLog(log.logger)
    )
  }

  /// The same with this log.
  convenience init(
    of eventLoop: any EventLoop,
    maximumHandshakes: Int = .max,
    requestLog: any RequestLog
  ) {
    self.init(
      eventLoop: eventLoop,
      oldestIdle: OldestIdle(),
      maximumHandshakes: maximumHandshakes,
      clock: TestClocks().wall,
      log: requestLog
    )
  }
}
