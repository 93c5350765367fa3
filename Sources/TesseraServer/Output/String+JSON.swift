extension String {
  /// Appends a text as a JSON string (RFC 8259 §7).
  ///
  /// What would move the cursor of a terminal is escaped too.
  mutating func appendJSONString(_ value: String) {
    append("\"")
    if value.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
      append(value)
    } else {
      for scalar in value.unicodeScalars { appendJSONCharacter(scalar) }
    }
    append("\"")
  }

  private mutating func appendJSONCharacter(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": append("\\\"")
    case "\\": append("\\\\")
    case "\n": append("\\n")
    case "\r": append("\\r")
    case "\t": append("\\t")
    case _ where scalar.isUnprintable:
      for unit in UTF16.encode(scalar) ?? .init() {
        let digits = String(unit, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      }
    default: unicodeScalars.append(scalar)
    }
  }
}
