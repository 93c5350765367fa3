/// Where the revocations of single tokens are kept until the tokens would have expired.
package protocol RevocationStore: Sendable {
  /// The revocations whose token expires after this time.
  func revocations(expiringAfter time: Timestamp) async throws(StoreError) -> [Revocation]

  /// The revocation of this token; nil when it is not revoked.
  func revocation(of token: TokenID) async throws(StoreError) -> Revocation?

  /// Records a revocation. Doing it again changes nothing and is not an error.
  func insertRevocation(_ revocation: Revocation, audit: AuditEvent) async throws(StoreError)

  /// Removes the revocations of tokens that expired before this time and returns how many they were.
  @discardableResult
  func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int
}
