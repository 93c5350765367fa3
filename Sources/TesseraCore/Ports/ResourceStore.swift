/// Where the APIs that tokens are made for are kept.
package protocol ResourceStore: Sendable {
  /// All resources by URI, retired ones too.
  func resources() async throws(StoreError) -> [ResourceDefinition]

  /// Adds a resource. Throws `conflict` when its URI is taken, by a retired resource too.
  func insertResource(_ definition: ResourceDefinition, audit: AuditEvent) async throws(StoreError)

  /// Reads a resource, lets `change` alter it and writes it, with no other write in between. What `change`
  /// throws is thrown and nothing is written. Throws `notFound`.
  @discardableResult
  func updateResource(
    _ resource: Resource,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition
}
