import Synchronization

/// What a grant says apart from time: to whom, what for, and where.
///
/// A client asks for the same again and again, so this is made once and shared by its grants, with what tokens and
/// answers write of it.
package final class GrantTerms: Sendable {
  /// The client that the token is issued to.
  package let clientID: ClientID
  /// How the client obtained it.
  package let grantType: GrantType
  /// What it may do, in the order it asked.
  package let scopes: ScopeSet
  /// The APIs that may accept it, sorted.
  package let audiences: [Resource]
  /// The scopes as RFC 6749 §3.3 writes them.
  let spaceSeparatedScopes: String
  private let encoded = Mutex<GrantPayload.Terms?>(nil)

  package init(clientID: ClientID, grantType: GrantType, scopes: ScopeSet, audiences: [Resource]) {
    self.clientID = clientID
    self.grantType = grantType
    self.scopes = scopes
    self.audiences = audiences
    spaceSeparatedScopes = scopes.joined(by: " ")
  }

  /// What stands in a sealed token before and after its times; made when it is needed first.
  var sealedForm: GrantPayload.Terms {
    encoded.withLock { encoded in
      if let encoded { return encoded }
      let made = GrantPayload.Terms(clientID, grantType, scopes, audiences)
      encoded = made
      return made
    }
  }
}

extension GrantTerms: Equatable {
  package static func == (left: GrantTerms, right: GrantTerms) -> Bool {
    left === right
      || left.clientID == right.clientID && left.grantType == right.grantType && left.scopes == right.scopes
        && left.audiences == right.audiences
  }
}
