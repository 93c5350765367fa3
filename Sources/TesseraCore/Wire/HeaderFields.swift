/// The header fields of a response in the order they go out.
package struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral {
  /// Fields that are always the same, as they stand on the wire, each with its line end.
  package let fixed: StaticString
  /// The others.
  package private(set) var others: [(name: String, value: String)] = []

  /// Only fields that are always the same, as they stand on the wire.
  init(fixed: StaticString) {
    self.fixed = fixed
  }

  package init(dictionaryLiteral elements: (String, String)...) {
    fixed = ""
    others = elements.map { ($0, $1) }
  }

  /// Adds a field at the end.
  package mutating func add(_ name: String, _ value: String) {
    others.append((name, value))
  }
}
