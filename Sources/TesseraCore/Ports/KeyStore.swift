/// Where keys are kept, wrapped by the master key.
package protocol KeyStore: Sendable {
  /// All keys by number.
  func keys() async throws(StoreError) -> [WrappedKey]

  /// Adds a key. Throws `conflict` when the number is taken, so that of several processes that rotate at once
  /// exactly one succeeds.
  func insertKey(_ key: WrappedKey, audit: AuditEvent) async throws(StoreError)

  /// Moves the time from which a key is used. Throws `notFound`, and `conflict` when that time is no longer
  /// `expected`, because another process was faster.
  func moveKeyActivation(
    _ number: UInt16,
    from expected: Timestamp,
    to time: Timestamp,
    audit: AuditEvent
  ) async throws(StoreError)

  /// Removes a key. Throws `notFound`.
  func removeKey(_ number: UInt16, audit: AuditEvent) async throws(StoreError)
}
