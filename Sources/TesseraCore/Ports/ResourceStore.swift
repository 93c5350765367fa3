/// Where the APIs that tokens are made for are kept.
package protocol ResourceStore: Sendable {
  /// All resources by URI, retired ones too.
  func resources() async throws(StoreError) -> [ResourceDefinition]

  /// Adds a resource, and the key that it needs. Throws `conflict` when its URI is taken, by a retired resource too,
  /// and when the key cannot be added.
  func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError)

  /// Reads a resource, lets `change` alter it and writes it, with no other write in between. What `change`
  /// throws is thrown and nothing is written. Throws `notFound`, and `conflict` when the key that it needs cannot be
  /// added.
  ///
  /// With `revokingTokens` it also does `Client.revokeTokens` to every client that may ask for a scope of the
  /// resource, with an audit row for each, see `AuditEvent.revokingTokens`.
  @discardableResult
  func updateResource(
    _ resource: Resource,
    with key: KeyChange?,
    revokingTokens: Bool,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition
}

extension ResourceStore {
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
}
