/// The value of a field in a declaration.
package enum DeclaredValue: Sendable, Equatable {
  case text(String)
  case texts([String])
  case integer(Int)
  case boolean(Bool)
  case map([String: String])

  /// What a field takes.
  package enum Kind: Sendable, Equatable {
    case text
    case texts
    case integer
    case boolean
    /// One of these texts.
    case choice([String])
    /// Texts by their names.
    case map
  }

  package var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .texts(let texts): JSONValue(texts)
    case .integer(let number): .integer(number)
    case .boolean(let isTrue): .boolean(isTrue)
    case .map(let values): .object(values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
  }

  /// The value in one line, for people and for the particulars of an audit record.
  package var text: String {
    switch self {
    case .text(let text): text
    case .texts(let texts): texts.joined(separator: " ")
    case .integer(let number): String(number)
    case .boolean(let isTrue): String(isTrue)
    case .map(let values):
      values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
  }

  /// Whether there is nothing in it.
  package var isEmpty: Bool {
    switch self {
    case .texts(let texts): texts.isEmpty
    case .map(let values): values.isEmpty
    default: false
    }
  }
}
