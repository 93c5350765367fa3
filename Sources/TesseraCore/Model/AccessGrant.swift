/// What a grant handler decided to give: the facts that an access token carries.
package struct AccessGrant: Sendable, Equatable {
  /// To whom, what for, and where.
  package let terms: GrantTerms
  /// When it was issued.
  package let issuedAt: Timestamp
  /// The first moment at which it is no longer valid.
  package let expiresAt: Timestamp

  package init(_ terms: GrantTerms, issuedAt: Timestamp, expiresAt: Timestamp) {
    self.terms = terms
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }

  /// The client that the token is issued to.
  package var clientID: ClientID { terms.clientID }
  /// How the client obtained it.
  package var grantType: GrantType { terms.grantType }
  /// What it may do, in the order it asked.
  package var scopes: ScopeSet { terms.access.scopes }
  /// The APIs that may accept it, sorted.
  package var audiences: [Resource] { terms.access.audiences }

  /// The APIs as one text, separated by spaces.
  var audienceText: String {
    audiences.count == 1 ? audiences[0].uri : audiences.map(\.uri).joined(separator: " ")
  }

  /// How long it is valid, in seconds from the second in which it was issued.
  var lifetime: Int {
    Int(expiresAt.milliseconds / 1000 - issuedAt.milliseconds / 1000)
  }

  /// The same, as a token says it whose times are whole seconds: its lifetime is what it was, from the second in
  /// which it was issued.
  var expiringWithWholeSeconds: AccessGrant {
    let millisecond = issuedAt.milliseconds.flooringDivision(by: 1000).remainder
    return AccessGrant(
      terms,
      issuedAt: issuedAt,
      expiresAt: expiresAt.advanced(byMilliseconds: -millisecond)
    )
  }
}
