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
    let name: String
    let value: JSONValue

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

  func write(to text: inout String, level: Int, indentation: Int?) {
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
