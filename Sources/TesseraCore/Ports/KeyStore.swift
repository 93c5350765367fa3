/// Where sealing keys are kept, wrapped by the master key.
package protocol KeyStore: Sendable {
  /// All keys by number.
  func keys() async throws(StoreError) -> [WrappedKey]

  /// Adds a key. Throws `conflict` when the number is
  /// taken, so that of several processes that rotate at once exactly one succeeds.
  func insertKey(_ key: WrappedKey, audit: AuditEvent) async throws(StoreError)
}
