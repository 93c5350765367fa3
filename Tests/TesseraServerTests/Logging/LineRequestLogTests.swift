import Foundation
import Logging
import Synchronization
import TesseraCore
import TesseraHTTP
import TesseraJOSE
import TesseraSupport
import Testing

@testable import TesseraServer

/// A request's line is the same whether it is written byte by byte or by way of a logger.
@Suite struct LineRequestLogTests {
  private static let records: [RequestRecord] = {
    let id = RequestID(prefix: "abcdefgh-", number: 17)
    let source = SourceAddress("203.0.113.9") ?? .unknown
    let odd = ["plain", #"a"b\c"#, "with space", "a=b", "~!@#$%^&*()"].compactMap(ClientID.init)
    return [
      RequestRecord(
        id: id,
        method: "POST",
        path: "/oauth/token",
        status: 200,
        source: source,
        microseconds: 123,
        trace: TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
      ),
      RequestRecord(id: id, method: "ODD", path: "(unknown)", status: 404, source: .unknown, microseconds: 0),
      RequestRecord(
        id: id,
        method: "GET",
        path: "/oauth2/verify",
        status: 503,
        source: SourceAddress("2001:db8::1") ?? .unknown,
        microseconds: 9_999_999,
        detail: "the store does not answer: \"disk\nfull\" é\u{202E}"
      ),
    ]
      + odd.map {
        RequestRecord(
          id: id,
          method: "POST",
          path: "/oauth/token",
          status: 401,
          clientID: $0,
          source: source,
          microseconds: 5,
          detail: ""
        )
      }
  }()

  @Test(arguments: LogFormat.allCases, [Logger.Level.info, .warning])
  func areTheSameLines(format: LogFormat, level: Logger.Level) throws {
    let clock = WallClock { Timestamp(milliseconds: 1_691_671_317_643) }
    let lines = Mutex<[String]>([])
    let logger = Logger(label: "test") { _ in
      LineLogHandler(level: level, format: format, clock: clock) { line in lines.withLock { $0.append(line) }
      }
    }
    let pipe = Pipe()
    let writer = LogWriter(FileOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)) { _ in "" }
    let byLogger = LoggerRequestLog(logger).writer()
    let byBytes = LineRequestLog(writer, format: format, writesAll: level <= .info, clock: clock).writer()
    for record in LineRequestLogTests.records {
      byLogger.record(record)
      byBytes.record(record)
    }
    byLogger.flush()
    byBytes.flush()
    writer.finish(within: .seconds(600))
    try pipe.fileHandleForWriting.close()
    let written = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(written == lines.withLock { $0.joined() })
    #expect(!written.isEmpty)
  }

  @Test func linesAreHandedOverTogetherAndInTimeWhereTheyAreMany() throws {
    let clock = WallClock { Timestamp(milliseconds: 1_691_671_317_643) }
    let pipe = Pipe()
    // More than it has room for is handed over, and told.
    let output = LogWriter(FileOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor), capacity: 1000) {
      "\($0) dropped\n"
    }
    let log = LineRequestLog(output, format: .text, writesAll: true, clock: clock)
    let (few, many) = (log.writer(), log.writer())
    let record = LineRequestLogTests.records[0]
    for _ in 0..<3 { few.record(record) }
    // Nobody hands these over, but they are more than may be kept.
    var count = 0
    repeat {
      many.record(record)
      count += 1
    } while count * 100 < 3 * 16_384
    few.flush()
    output.finish(within: .seconds(600))
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let dropped = text.matches(of: /([0-9]+) dropped/).compactMap { Int($0.1) }.reduce(0, +)
    let kept = text.split(separator: "\n").count { $0.contains("status=200") }
    #expect(dropped >= 100 && dropped <= count + 3 - kept)
  }
}
