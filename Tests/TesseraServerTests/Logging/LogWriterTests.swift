import Foundation
import Logging
import TesseraServer
import Testing

@Suite struct LogWriterTests {
  private static let line = String(repeating: "x", count: 99) + "\n"

  private static func writer(_ pipe: Pipe, capacity: Int) -> LogWriter {
    LogWriter(FileOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor), capacity: capacity) {
      "\($0) dropped\n"
    }
  }

  /// All that is written to the pipe, once the writer is done with it.
  private static func lines(_ pipe: Pipe) throws -> [Substring] {
    try pipe.fileHandleForWriting.close()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    return String(decoding: data, as: UTF8.self).split(separator: "\n")
  }

  @Test func writesEverythingInOrderBeforeItFinishes() throws {
    let pipe = Pipe()
    let writer = LogWriterTests.writer(pipe, capacity: 50_000)
    for number in 0..<1000 { writer.write("line \(number)\n") }
    writer.finish(within: .seconds(600))
    writer.write("too late\n")
    #expect(try LogWriterTests.lines(pipe) == (0..<1000).map { "line \($0)" })
  }

  /// How many whole lines a text has, and how many it accounts for with those that it says were dropped.
  private static func accounted(_ text: String) -> (kept: Int, total: Int) {
    let lines = text.split(separator: "\n")
    let kept = lines.count { $0.utf8.count == 99 }
    let dropped = lines.compactMap { $0.wholeMatch(of: /([0-9]+) dropped/) }.compactMap { Int($0.1) }
    return (kept, kept + dropped.reduce(0, +))
  }

  /// The pipe holds 64 KiB and the writer 100 kB, which together is not even a tenth of what is logged here.
  @Test func whoeverDoesNotReadHoldsUpNobody() throws {
    let pipe = Pipe()
    let writer = LogWriterTests.writer(pipe, capacity: 100_000)
    let count = 20_000
    for _ in 0..<count { writer.write(LogWriterTests.line) }

    // From here on somebody reads: what was kept and how many were not, until all are accounted for.
    let reader = pipe.fileHandleForReading
    var text = ""
    while LogWriterTests.accounted(text).total < count {
      text += String(decoding: reader.availableData, as: UTF8.self)
    }
    writer.write("after\n")
    writer.finish(within: .seconds(600))
    let rest = try LogWriterTests.lines(pipe)
    let (kept, total) = LogWriterTests.accounted(text)
    #expect(kept >= 1000 && kept < count / 5)
    #expect(total == count)
    #expect(rest == ["after"])
  }

  @Test func givesUpOnAReaderThatTakesNothingAtTheEnd() {
    let pipe = Pipe()
    let writer = LogWriterTests.writer(pipe, capacity: 100_000)
    for _ in 0..<2000 { writer.write(LogWriterTests.line) }
    writer.finish(within: .milliseconds(1))
    // Lets the thread end.
    var text = ""
    while !text.hasSuffix(" dropped\n") {
      text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    }
  }

  @Test(arguments: LogFormat.allCases)
  func theLogOfAServerNeverBlocks(_ format: LogFormat) throws {
    let pipe = Pipe()
    let log = ServerLog(
      level: .info,
      format: format,
      output: FileOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    )
    for number in 0..<30_000 { log.logger.info("request", metadata: ["number": .stringConvertible(number)]) }
    let reader = pipe.fileHandleForReading
    var text = ""
    while !text.contains("were dropped") { text += String(decoding: reader.availableData, as: UTF8.self) }
    log.finish()
    #expect(text.hasPrefix(format == .text ? "2" : "{"))
  }
}
