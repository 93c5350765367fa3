package import TesseraJOSE

/// Where it is kept which tokens are revoked, until they would have expired.
package protocol RevocationStore: Sendable {
  /// At most `limit` revocations after this sequence number, in the order of the feed.
  func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord]

  /// The revocation of this token; nil when it is not revoked by itself.
  func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord?

  /// Records a revocation. Doing it again changes nothing and is not an error.
  ///
  /// Where `limit` allows no more of the client, its revocations whose token has expired are removed. Where it still
  /// does not, the client's not-before takes over in the same transaction (`Client.revokeTokens`,
  /// `AuditEvent.takenOver`), and all its revocations are removed. A client that does not exist has no limit: it
  /// cannot revoke.
  ///
  /// What waits to be written is taken in turn by client, so that one that revokes without end delays no other.
  func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome

  /// Removes at most `limit` of the revocations of tokens that expired before this time and returns how many they
  /// were.
  @discardableResult
  func removeRevocations(expiredBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int

  /// Which clients have tokens that are inactive by the time they were issued at, decided at this time or
  /// after it, in the order of the feed.
  ///
  /// A store keeps this by itself, in the transaction of the mutation: deleting a client makes all its tokens
  /// inactive; an update sets what `Client.notBefore` says after it, when that differs from before; a client
  /// that is registered again under an identifier that is here is stored as `Client.succeeding` says and sets it too.
  func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore]

  /// The same of one client; nil when there is nothing.
  func clientNotBefore(of id: ClientID) async throws(StoreError) -> ClientNotBefore?

  /// Forgets at most `limit` of what was decided before this time and returns how much it was.
  @discardableResult
  func removeClientNotBefores(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int
}
