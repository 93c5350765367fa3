/// The trace that a request is part of (W3C Trace Context §3.2), as its sender says.
package struct TraceContext: Sendable, Equatable {
  /// The ID of the trace: 32 lower-case hexadecimal digits.
  package let traceID: String
  /// The span that the request is a part of.
  package let parentID: UInt64
  /// Whether its sender keeps the spans of this trace.
  package let isSampled: Bool

  /// Reads a `traceparent`; nil for one that is not to the letter what the recommendation has, which is ignored.
  ///
  /// A later version may have more after a hyphen (§3.2.4).
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 55 || bytes.count > 55 && bytes[55] == TraceContext.hyphen else { return nil }
    for (index, byte) in bytes[..<55].enumerated() {
      let isHyphen = [2, 35, 52].contains(index)
      guard isHyphen ? byte == TraceContext.hyphen : TraceContext.isDigit(byte) else { return nil }
    }
    let (version, trace) = (bytes[0..<2], bytes[3..<35])
    let parent = TraceContext.number(bytes[36..<52])
    guard version != [0x66, 0x66], version != [0x30, 0x30] || bytes.count == 55,
      trace.contains(where: { $0 != 0x30 }), parent != 0
    else { return nil }
    traceID = String(decoding: trace, as: UTF8.self)
    parentID = parent
    isSampled = TraceContext.number(bytes[53..<55]) & 1 == 1
  }

  private static let hyphen = UInt8(ascii: "-")

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64 {
    digits.reduce(0) {
      $0 << 4 | UInt64($1 < UInt8(ascii: "a") ? $1 - UInt8(ascii: "0") : $1 - UInt8(ascii: "a") + 10)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6
  }
}

extension RequestHeaders {
  /// The trace that the request is part of; nil when it says none, or more than one (W3C Trace Context §3.2.1).
  package var traceContext: TraceContext? {
    let values = values(.traceparent)
    return values.count == 1 ? TraceContext(values[0]) : nil
  }
}
