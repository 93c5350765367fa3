package import TesseraCore
package import TesseraJOSE

/// What tests ask a store for more shortly.
extension Store {
  /// Which tokens of this client are inactive; nil when there is nothing.
  package func clientNotBefore(of id: ClientID) async throws(StoreError) -> ClientNotBefore? {
    try await clientNotBefores(of: [id]).first
  }

  /// Removes a client, whatever its version.
  package func deleteClient(_ id: ClientID, audit: AuditEvent) async throws(StoreError) {
    try await deleteClient(id, ifVersion: nil, audit: audit)
  }

  /// Puts a mark in the place of the one of its name, whatever the master key.
  package func setAuditMark(_ mark: AuditMark) async throws(StoreError) {
    try await setAuditMark(mark, ifMasterKey: nil)
  }

  /// Adds a key.
  package func insertKey(_ key: WrappedKey, audit: AuditEvent) async throws(StoreError) {
    try await changeKeys([KeyChange(.add(key), audit: audit)])
  }

  /// Moves the time from which a key is used.
  package func moveKeyActivation(
    _ number: UInt16,
    from expected: Timestamp,
    to time: Timestamp,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await changeKeys([KeyChange(.move(number, from: expected, to: time), audit: audit)])
  }

  /// Removes a key.
  package func removeKey(_ number: UInt16, audit: AuditEvent) async throws(StoreError) {
    try await changeKeys([KeyChange(.remove(number), audit: audit)])
  }

  /// Adds a resource that needs no key of its own.
  package func insertResource(
    _ definition: ResourceDefinition,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await insertResource(definition, with: nil, audit: audit)
  }

  /// Changes a resource; keys and tokens stay as they are.
  @discardableResult
  package func updateResource(
    _ resource: Resource,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition {
    try await updateResource(resource, with: nil, revokingTokens: false, audit: audit, change)
  }

  /// Marks a scope as retired; tokens stay as they are.
  package func retireScope(_ scope: Scope, at time: Timestamp, audit: AuditEvent) async throws(StoreError) {
    try await retireScope(scope, at: time, revokingTokens: false, audit: audit)
  }
}
