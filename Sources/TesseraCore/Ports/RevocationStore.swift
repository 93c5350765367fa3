/// Where it is kept which tokens are revoked, until they would have expired.
package protocol RevocationStore: Sendable {
  /// The revocations whose token expires after this time, in the order of the feed.
  func revocations(expiringAfter time: Timestamp) async throws(StoreError) -> [RevocationRecord]

  /// The revocation of this token; nil when it is not revoked.
  func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord?

  /// Records a revocation. Doing it again changes nothing and is not an error.
  func insertRevocation(_ revocation: Revocation, audit: AuditEvent) async throws(StoreError)

  /// Removes the revocations of tokens that expired before this time and returns how many they were.
  @discardableResult
  func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int

  /// Which clients have tokens that are inactive by the time they were issued at, decided at this time or
  /// after it, in the order of the feed.
  ///
  /// A store keeps this by itself, in the transaction of the mutation: deleting a client makes all its tokens
  /// inactive; an update sets what `Client.notBefore` says after it, when that differs from before; a client
  /// that is registered again under an identifier that is here is stored as `Client.succeeding` says and sets it too.
  func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore]

  /// The same of one client; nil when there is nothing.
  func clientNotBefore(of id: ClientID) async throws(StoreError) -> ClientNotBefore?

  /// Forgets what was decided before this time and returns how much it was.
  @discardableResult
  func removeClientNotBefores(madeBefore time: Timestamp) async throws(StoreError) -> Int
}
