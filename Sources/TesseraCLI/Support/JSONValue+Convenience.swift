import TesseraCore
import TesseraJOSE
import TesseraServer

extension JSONValue {
  /// A string, or null.
  init(_ text: String?) {
    self = text.map { .string($0) } ?? .null
  }

  /// ISO 8601 in UTC, or null.
  init(_ time: Timestamp?) {
    self.init(time?.iso8601)
  }

  /// An array of strings.
  init(_ texts: [String]) {
    self = .array(texts.map { .string($0) })
  }
}
