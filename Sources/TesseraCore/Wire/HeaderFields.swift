/// HTTP header fields in the order they came.
package struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral {
  private var fields: [(name: String, value: String)] = []

  /// Fields from pairs of name and value.
  package init(_ fields: some Sequence<(String, String)>) {
    for (name, value) in fields { self.fields.append((name, value)) }
  }

  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }

  /// Adds a field at the end.
  package mutating func add(_ name: String, _ value: String) {
    fields.append((name, value))
  }

  /// The values of all fields of this name, which is given in lower case; names are case-insensitive.
  package func values(_ lowerCaseName: StaticString) -> [String] {
    fields.filter { HeaderFields.matches($0.name, lowerCaseName) }.map(\.value)
  }

  /// All fields.
  package var all: [(name: String, value: String)] { fields }

  private static func matches(_ name: String, _ lowerCaseName: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: lowerCaseName.utf8Start, count: lowerCaseName.utf8CodeUnitCount)
    guard name.utf8.count == wanted.count else { return false }
    return zip(name.utf8, wanted).allSatisfy { character, wanted in
      character == wanted
        || ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character) && character | 0x20 == wanted)
    }
  }
}
