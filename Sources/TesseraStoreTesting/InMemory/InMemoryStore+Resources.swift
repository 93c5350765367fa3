package import TesseraCore

extension InMemoryStore {
  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try read(.resources) { $0.resources.values.sorted { $0.resource < $1.resource } }
  }

  package func insertResource(_ definition: ResourceDefinition, audit: AuditEvent) async throws(StoreError) {
    try write { data throws(StoreError) in
      try data.insert(definition)
      data.record(audit, changed: .resources)
    }
  }

  @discardableResult
  package func updateResource(
    _ resource: Resource,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition {
    try write { data throws(StoreError) in
      guard var definition = data.resources[resource] else {
        throw .notFound("There is no resource \(resource)")
      }
      try change(&definition)
      data.resources[resource] = definition
      data.record(audit, changed: .resources)
      return definition
    }
  }
}

extension StoredData {
  /// Adds a resource.
  ///
  /// Throws `conflict`.
  mutating func insert(_ definition: ResourceDefinition) throws(StoreError) {
    guard resources.updateValue(definition, forKey: definition.resource) == nil else {
      throw .conflict("There is a resource \(definition.resource) already")
    }
  }
}
