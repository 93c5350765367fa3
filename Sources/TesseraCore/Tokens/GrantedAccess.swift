/// What a grant is for, with what tokens and answers write of it.
///
/// Many clients have the same, and share one.
package final class GrantedAccess: Sendable {
  /// What the client may do, in the order it asked.
  package let scopes: ScopeSet
  /// The APIs that may accept the token, sorted.
  package let audiences: [Resource]
  /// The scopes as RFC 6749 §3.3 writes them.
  let spaceSeparatedScopes: String
  /// The scopes as the documented contract writes them.
  let commaSeparatedScopes: String
  /// What stands in a sealed token.
  let sealedForm: [UInt8]

  package init(scopes: ScopeSet, audiences: [Resource]) {
    self.scopes = scopes
    self.audiences = audiences
    spaceSeparatedScopes = scopes.joined(by: " ")
    commaSeparatedScopes = scopes.joined(by: ",")
    sealedForm = GrantPayload.encode(scopes, audiences)
  }
}

extension GrantedAccess: Equatable {
  package static func == (left: GrantedAccess, right: GrantedAccess) -> Bool {
    left === right || left.scopes == right.scopes && left.audiences == right.audiences
  }
}
