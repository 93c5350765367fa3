/// What a grant says apart from time: to whom, what for, and where.
///
/// A client asks for the same again and again, so this is made once and shared by its grants.
package final class GrantTerms: Sendable {
  /// The client that the token is issued to.
  package let clientID: ClientID
  /// How the client obtained it.
  package let grantType: GrantType
  /// What for, and where.
  package let access: GrantedAccess

  package init(clientID: ClientID, grantType: GrantType, access: GrantedAccess) {
    self.clientID = clientID
    self.grantType = grantType
    self.access = access
  }
}

extension GrantTerms: Equatable {
  package static func == (left: GrantTerms, right: GrantTerms) -> Bool {
    left === right
      || left.clientID == right.clientID && left.grantType == right.grantType && left.access == right.access
  }
}

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
  /// What stands in a sealed token.
  let sealedForm: [UInt8]

  package init(scopes: ScopeSet, audiences: [Resource]) {
    self.scopes = scopes
    self.audiences = audiences
    spaceSeparatedScopes = scopes.joined(by: " ")
    sealedForm = GrantPayload.encode(scopes, audiences)
  }
}

extension GrantedAccess: Equatable {
  package static func == (left: GrantedAccess, right: GrantedAccess) -> Bool {
    left === right || left.scopes == right.scopes && left.audiences == right.audiences
  }
}
