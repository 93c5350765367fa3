package import TesseraJOSE

/// That a secret or a key of a client was used: it proved who the client is, and the client was admitted.
///
/// Both are kept alike, by the names that no two of one client share.
package struct SecretUse: Sendable, Equatable {
  /// Whose secret or key it is.
  package let clientID: ClientID
  /// Its name.
  package let secret: String
  /// When it was made or registered: another one can have its name later.
  package let madeAt: Timestamp
  /// When it was used last.
  package var lastUsedAt: Timestamp
  /// From where, then; nil where that is not known.
  package var address: String?
  /// How often it was used.
  package var count: Int64

  package init(
    clientID: ClientID,
    secret: String,
    madeAt: Timestamp,
    lastUsedAt: Timestamp,
    address: String?,
    count: Int64
  ) {
    self.clientID = clientID
    self.secret = secret
    self.madeAt = madeAt
    self.lastUsedAt = lastUsedAt
    self.address = address
    self.count = count
  }

  /// It with what was noted of the same secret elsewhere.
  package func adding(_ other: SecretUse) -> SecretUse {
    var sum = other.lastUsedAt > lastUsedAt ? other : self
    sum.count = count + other.count
    return sum
  }
}
