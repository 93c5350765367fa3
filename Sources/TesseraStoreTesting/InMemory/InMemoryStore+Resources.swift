package import TesseraCore

extension InMemoryStore {
  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try read(.resources) { $0.resources.values.sorted { $0.resource < $1.resource } }
  }

  package func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { data throws(StoreError) in
      if let key { try data.make(key) }
      try data.insert(definition)
      data.record(audit, changed: .resources)
    }
  }

  @discardableResult
  package func updateResource(
    _ resource: Resource,
    with key: KeyChange?,
    revokingTokens: Bool,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition {
    try write { data throws(StoreError) in
      guard var definition = data.resources[resource] else {
        throw .notFound("There is no resource \(resource)")
      }
      try change(&definition)
      if let key { try data.make(key) }
      data.resources[resource] = definition
      data.record(audit, changed: .resources)
      if revokingTokens {
        let scopes = data.scopes.values.filter { $0.resource == resource }.map(\.scope)
        try data.revokeTokens(ofClientsWith: scopes, because: audit)
      }
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
