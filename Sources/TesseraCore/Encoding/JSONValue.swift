package import TesseraJOSE

/// A JSON value (RFC 8259) whose members keep their order.
package indirect enum JSONValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  case integer(Int)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One member of an object.
  package struct Member: Sendable, Equatable {
    package let name: String
    package let value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The text on one line, or on several with this many spaces for each level.
  package func text(indentation: Int? = nil) -> String {
    var text = ""
    write(to: &text, level: 0, indentation: indentation)
    return text
  }

  private func write(to text: inout String, level: Int, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .string(let value): text.appendJSONString(value)
    case .array(let elements):
      JSONValue.write(elements, "[", "]", to: &text, level, indentation) { element, text in
        element.write(to: &text, level: level + 1, indentation: indentation)
      }
    case .object(let members):
      JSONValue.write(members, "{", "}", to: &text, level, indentation) { member, text in
        text.appendJSONString(member.name)
        text += indentation == nil ? ":" : ": "
        member.value.write(to: &text, level: level + 1, indentation: indentation)
      }
    }
  }

  private static func write<Part>(
    _ parts: [Part],
    _ start: String,
    _ end: String,
    to text: inout String,
    _ level: Int,
    _ indentation: Int?,
    each writePart: (Part, inout String) -> Void
  ) {
    func breakLine(_ level: Int) {
      if let indentation, !parts.isEmpty { text += "\n" + String(repeating: " ", count: level * indentation) }
    }
    text += start
    for (index, part) in parts.enumerated() {
      if index > 0 { text += "," }
      breakLine(level + 1)
      writePart(part, &text)
    }
    breakLine(level)
    text += end
  }
}

extension JSONValue {
  /// A string, or null.
  package init(_ text: String?) {
    self = text.map { .string($0) } ?? .null
  }

  /// ISO 8601 in UTC, or null.
  package init(_ time: Timestamp?) {
    self.init(time?.iso8601)
  }

  /// A number, or null.
  package init(_ number: Int?) {
    self = number.map { .integer($0) } ?? .null
  }

  /// An array of strings.
  package init(_ texts: [String]) {
    self = .array(texts.map { .string($0) })
  }
}

extension String {
  /// Appends a text as a JSON string (RFC 8259 §7).
  ///
  /// What would move the cursor of a terminal is escaped too.
  fileprivate mutating func appendJSONString(_ value: String) {
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
