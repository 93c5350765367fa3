import TesseraCore
import TesseraHTTP
import TesseraJOSE
import TesseraSupport

/// Lines of the log about requests, written byte by byte.
///
/// Time, level, message, then fields in the order of their names, as `LogLine` has them.
struct RequestLines {
  private let format: LogFormat
  private(set) var bytes: [UInt8] = []
  private(set) var count = 0
  /// The second of the last line, with all that its time begins with.
  private var second = Int64.min
  private var secondText: [UInt8] = []

  init(format: LogFormat) {
    self.format = format
  }

  /// Appends a line.
  mutating func append(_ record: RequestRecord, at time: Timestamp) {
    begin(time, record.isFailure ? "error" : "info")
    if let clientID = record.clientID { append(clientID) }
    if let detail = record.detail { append("detail", text: detail) }
    append("duration_us", number: record.microseconds)
    append("method", text: record.method)
    append("path", text: record.path)
    append("request", record.id)
    append("source", record.source)
    append("status", number: Int64(record.status))
    if let trace = record.trace { append("trace_id", text: trace.traceID) }
    append(format == .json ? "}\n" : "\n")
    count += 1
  }

  /// Takes all lines away; their memory is kept, unless it is more than so many bytes.
  mutating func removeAll(keepingUpTo size: Int) {
    bytes.removeAll(keepingCapacity: bytes.capacity <= size)
    count = 0
  }

  // MARK: Parts of a line

  private mutating func begin(_ time: Timestamp, _ level: StaticString) {
    if format == .json { append(#"{"time":""#) }
    append(time)
    switch format {
    case .text:
      append(" ")
      append(level)
      for _ in level.utf8CodeUnitCount..<8 { append(" ") }
      append("request")
    case .json:
      append(#"","level":""#)
      append(level)
      append(#"","message":"request""#)
    }
  }

  /// Only the milliseconds differ from line to line of a second.
  private mutating func append(_ time: Timestamp) {
    let (second, millisecond) = time.wholeSeconds
    if second != self.second {
      self.second = second
      secondText = Array(time.iso8601.utf8.dropLast(4))
    }
    bytes.append(contentsOf: secondText)
    bytes.append(UInt8(ascii: "0") + UInt8(millisecond / 100))
    bytes.append(UInt8(ascii: "0") + UInt8(millisecond / 10 % 10))
    bytes.append(UInt8(ascii: "0") + UInt8(millisecond % 10))
    bytes.append(UInt8(ascii: "Z"))
  }

  /// A field whose value may be any text.
  private mutating func append(_ name: StaticString, text: String) {
    appendName(name)
    var text = text
    let isPlain = text.withUTF8 { !$0.isEmpty && $0.allSatisfy(RequestLines.isPlain) }
    if isPlain {
      appendQuote()
      text.withUTF8 { bytes.append(contentsOf: $0) }
      appendQuote()
    } else {
      let value = format == .json ? JSONValue.string(text).text() : LogLine.quotedWhereNeeded(text.printable)
      bytes.append(contentsOf: value.utf8)
    }
  }

  /// The client that a request is of.
  private mutating func append(_ clientID: ClientID) {
    guard clientID.isPlain else { return append("client", text: clientID.rawValue) }
    appendName("client")
    appendQuote()
    clientID.append(to: &bytes)
    appendQuote()
  }

  private mutating func append(_ name: StaticString, _ id: RequestID) {
    appendName(name)
    appendQuote()
    id.append(to: &bytes)
    appendQuote()
  }

  private mutating func append(_ name: StaticString, _ source: SourceAddress) {
    appendName(name)
    appendQuote()
    source.append(to: &bytes)
    appendQuote()
  }

  private mutating func append(_ name: StaticString, number: Int64) {
    appendName(name)
    bytes.append(digitsOf: number)
  }

  private mutating func appendName(_ name: StaticString) {
    append(format == .json ? ",\"" : " ")
    append(name)
    append(format == .json ? "\":" : "=")
  }

  /// What stands around a text.
  private mutating func appendQuote() {
    if format == .json { bytes.append(UInt8(ascii: "\"")) }
  }

  private mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Visible ASCII that neither format quotes or escapes.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      && byte != UInt8(ascii: "=")
  }
}
