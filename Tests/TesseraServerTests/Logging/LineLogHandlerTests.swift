import Foundation
import Logging
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport
import Testing

@Suite struct LineLogHandlerTests {
  /// The lines that a logger of this format writes.
  private func lines(
    _ format: LogFormat,
    level: Logger.Level = .info,
    _ body: (inout Logger) -> Void
  ) -> [String] {
    let lines = Lines()
    var logger = Logger(label: "test") { _ in
      LineLogHandler(
        level: level,
        format: format,
        clock: WallClock { Timestamp(milliseconds: 1_691_671_317_643) }
      ) { lines.append($0) }
    }
    body(&logger)
    return lines.all
  }

  @Test func textHasTimeLevelMessageAndSortedMetadata() {
    let written = lines(.text) { logger in
      logger[metadataKey: "node"] = "a"
      logger.info(
        "request",
        metadata: ["status": .stringConvertible(200), "client": "my \"app\"", "empty": ""]
      )
    }
    #expect(
      written == [
        "2023-08-10T12:41:57.643Z info    request client=\"my \\\"app\\\"\" empty=\"\" node=a status=200\n"
      ]
    )
  }

  /// A client ID may contain anything visible.
  @Test func aValueCannotEndItsQuotes() {
    let written = lines(.text) { $0.info("request", metadata: ["client": #"x\" status=200 y"#]) }
    #expect(
      written == [#"2023-08-10T12:41:57.643Z info    request client="x\\\" status=200 y""# + "\n"]
    )
  }

  @Test func jsonIsOneObjectWithNumbers() throws {
    let written = lines(.json) { logger in
      logger.warning("slow", metadata: ["ms": .stringConvertible(12), "level": "x", "list": ["a", "b"]])
    }
    #expect(
      written == [
        #"{"time":"2023-08-10T12:41:57.643Z","level":"warning","message":"slow","level_":"x","#
          + #""list":["a","b"],"ms":12}"# + "\n"
      ]
    )
  }

  private static let hostile = "a\nb\r\u{1B}[2J\u{2028}\u{202E}\u{0}\u{85}\"\\\t\u{E0001}é"

  @Test(arguments: LogFormat.allCases)
  func nothingBeginsAnotherLine(_ format: LogFormat) throws {
    let hostile = LineLogHandlerTests.hostile
    let written = lines(format) { $0.info("\(hostile)", metadata: [hostile: .string(hostile)]) }
    let line = try #require(written.first).dropLast()
    #expect(written.count == 1)
    let isClean = line.unicodeScalars.allSatisfy {
      switch $0.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    #expect(isClean)
    if format == .json {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
      #expect(object?["message"] == hostile && object?[hostile] == hostile)
    }
  }

  @Test func levelsBelowTheLeastAreNotWritten() {
    #expect(lines(.text, level: .warning) { $0.info("unseen") }.isEmpty)
    #expect(lines(.text, level: .debug) { $0.debug("seen") }.count == 1)
  }
}

private final class Lines: Sendable {
  private let written = Mutex<[String]>([])

  var all: [String] { written.withLock { $0 } }

  func append(_ line: String) {
    written.withLock { $0.append(line) }
  }
}
