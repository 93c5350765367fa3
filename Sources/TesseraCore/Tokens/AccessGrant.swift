package import TesseraJOSE

/// What a grant handler decided to give: the facts that an access token carries.
package struct AccessGrant: Sendable, Equatable {
  /// The client that the token is issued to.
  package let clientID: ClientID
  /// How the client obtained it.
  package let grantType: GrantType
  /// The scopes and the audiences.
  package let access: GrantedAccess
  /// When it was issued.
  package let issuedAt: Timestamp
  /// The first moment at which it is no longer valid.
  package let expiresAt: Timestamp
  /// The key that the token is bound to; nil for one that works for whoever has it (RFC 6750 §1.2).
  package let confirmation: Confirmation?

  package init(
    clientID: ClientID,
    grantType: GrantType,
    access: GrantedAccess,
    issuedAt: Timestamp,
    expiresAt: Timestamp,
    confirmation: Confirmation? = nil
  ) {
    self.clientID = clientID
    self.grantType = grantType
    self.access = access
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.confirmation = confirmation
  }

  /// What it may do, in the order it asked.
  package var scopes: ScopeSet { access.scopes }
  /// The APIs that may accept it, sorted.
  package var audiences: [Resource] { access.audiences }

  /// The APIs as one text, separated by spaces.
  var audienceText: String {
    audiences.count == 1 ? audiences[0].uri : audiences.map(\.uri).joined(separator: " ")
  }

  /// How long it is valid, in seconds from the second in which it was issued.
  var lifetime: Int {
    Int(expiresAt.milliseconds / 1000 - issuedAt.milliseconds / 1000)
  }

  /// The grant with its times in whole seconds, as some tokens state them: the lifetime is unchanged, from the second in
  /// which it was issued.
  var expiringWithWholeSeconds: AccessGrant {
    let millisecond = issuedAt.wholeSeconds.millisecond
    return AccessGrant(
      clientID: clientID,
      grantType: grantType,
      access: access,
      issuedAt: issuedAt,
      expiresAt: expiresAt.advanced(byMilliseconds: -millisecond),
      confirmation: confirmation
    )
  }
}
