/// A grant type (RFC 6749 §1.3) by the value of `grant_type` that asks for it.
package struct GrantType: Hashable, Sendable, CustomStringConvertible {
  /// The value as it stands in a request, case-sensitive.
  package let name: String
  /// How a sealed token names the grant: one byte, never used for another.
  package let code: UInt8

  /// RFC 6749 §4.4.
  package static let clientCredentials = GrantType(name: "client_credentials", code: 1)

  /// Those that a client can be registered for.
  package static let all: [GrantType] = [.clientCredentials]

  /// The grant type with this name and code.
  package init(name: String, code: UInt8) {
    self.name = name
    self.code = code
  }

  /// Nil when no client can be registered for a grant type of this name.
  package init?(_ name: String) {
    guard let known = GrantType.all.first(where: { $0.name == name }) else { return nil }
    self = known
  }

  /// The grant type with this code.
  ///
  /// Where it is not known here, it was a node of a later version that made the token, which is worth as much.
  package init(code: UInt8) {
    if let known = GrantType.all.first(where: { $0.code == code }) {
      self = known
    } else {
      name = "grant type \(code)"
      self.code = code
    }
  }

  package var description: String { name }
}
