import TesseraCore
import TesseraJOSE

/// One line of the log about a request, written byte by byte.
///
/// Time, level, message, then fields in the order of their names, as `LogLine` has them.
struct RequestLine {
  private(set) var bytes: [UInt8]
  private let format: LogFormat

  init(bytes: [UInt8], format: LogFormat) {
    self.bytes = bytes
    self.format = format
  }

  mutating func begin(_ time: Timestamp, _ level: String) {
    if format == .json { append(#"{"time":""#) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Timestamp.iso8601Length) { buffer in
      time.writeISO8601(to: buffer)
      bytes.append(contentsOf: buffer)
    }
    switch format {
    case .text:
      append(" ")
      bytes.append(contentsOf: level.padded(to: 8).utf8)
      append("request")
    case .json:
      append(#"","level":""#)
      bytes.append(contentsOf: level.utf8)
      append(#"","message":"request""#)
    }
  }

  mutating func end() {
    append(format == .json ? "}\n" : "\n")
  }

  /// A field whose value may be any text.
  mutating func append(_ name: StaticString, text: String) {
    guard text.utf8.allSatisfy(RequestLine.isPlain), !text.isEmpty else {
      appendName(name)
      let value = format == .json ? JSONValue.string(text).text() : LogLine.quotedWhereNeeded(text.printable)
      bytes.append(contentsOf: value.utf8)
      return
    }
    append(name, plain: text)
  }

  /// The client that a request is of.
  mutating func append(_ clientID: ClientID) {
    guard clientID.isPlain else { return append("client", text: clientID.rawValue) }
    appendName("client")
    if format == .json { append("\"") }
    clientID.append(to: &bytes)
    if format == .json { append("\"") }
  }

  /// A field whose value has nothing to quote or to escape, and a number after it.
  mutating func append(_ name: StaticString, plain text: String, number: Int? = nil) {
    appendName(name)
    if format == .json { append("\"") }
    bytes.append(contentsOf: text.utf8)
    if let number { bytes.append(contentsOf: String(number).utf8) }
    if format == .json { append("\"") }
  }

  mutating func append(_ name: StaticString, number: Int64) {
    appendName(name)
    bytes.append(contentsOf: String(number).utf8)
  }

  private mutating func appendName(_ name: StaticString) {
    append(format == .json ? ",\"" : " ")
    append(name)
    append(format == .json ? "\":" : "=")
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
