/// A grant type (RFC 6749 §1.3) by the value of `grant_type` that asks for it.
package struct GrantType: Hashable, Sendable, CustomStringConvertible {
  /// The value as it stands in a request, case-sensitive.
  package let name: String
  /// How a sealed token names the grant: one byte, never used for another.
  package let code: UInt8

  /// RFC 6749 §4.4.
  package static let clientCredentials = GrantType(name: "client_credentials", code: 1)

  /// Every grant type there is a name for.
  package static let all: [GrantType] = [.clientCredentials]

  package init(name: String, code: UInt8) {
    self.name = name
    self.code = code
  }

  /// Nil when no grant type has this name.
  package init?(_ name: String) {
    guard let known = GrantType.all.first(where: { $0.name == name }) else { return nil }
    self = known
  }

  /// Nil when no grant type has this code.
  package init?(code: UInt8) {
    guard let known = GrantType.all.first(where: { $0.code == code }) else { return nil }
    self = known
  }

  package var description: String { name }
}
