/// What there is, for operators: no command and no API reads the store past this.
extension Administration {
  /// A part of a list that can grow, in the order of the list.
  package struct Page<Element: Sendable, Cursor: Sendable>: Sendable {
    package let elements: [Element]
    /// After which element the next part begins; nil when this is the last.
    package let next: Cursor?

    package init(_ elements: [Element], limit: Int, cursor: (Element) -> Cursor) {
      self.elements = elements
      next = elements.count < limit ? nil : elements.last.map(cursor)
    }

    package init(_ elements: [Element], next: Cursor?) {
      self.elements = elements
      self.next = next
    }
  }

  /// At most `limit` clients in the order of their identifiers, those after `id` when it is given.
  package func clients(
    after id: ClientID? = nil,
    limit: Int
  ) async throws(AdministrationError) -> Page<Client, ClientID> {
    let clients = try await ask(about: .client, await store.clients(after: id, limit: limit))
    return Page(clients, limit: limit, cursor: \.id)
  }

  /// At most `limit` clients that pass a filter, in the order of their identifiers.
  ///
  /// Only so many are looked at for one page, so there may be fewer, or none, although another page follows.
  package func clients(
    passing filter: ClientFilter,
    after id: ClientID? = nil,
    limit: Int
  ) async throws(AdministrationError) -> Page<Client, ClientID> {
    guard !filter.isEmpty else { return try await clients(after: id, limit: limit) }
    var found: [Client] = []
    var last = id
    for _ in 0..<Administration.pagesLookedAt {
      let page = try await clients(after: last, limit: Administration.pageLookedAt)
      for client in page.elements where filter.passes(client) {
        found.append(client)
        if found.count == limit { return Page(found, next: client.id) }
      }
      guard let next = page.next else { return Page(found, next: nil) }
      last = next
    }
    return Page(found, next: last)
  }

  private static let pageLookedAt = 500
  private static let pagesLookedAt = 10

  /// The clients that have this name.
  package func clients(named name: String) async throws(AdministrationError) -> [Client] {
    try await ask(about: .client, await store.clients(named: name))
  }

  /// All scopes by name, retired ones too.
  package func scopes() async throws(AdministrationError) -> [ScopeDefinition] {
    try await ask(about: .scope, await store.scopes())
  }

  /// The scope with this name.
  package func scope(named name: String) async throws(AdministrationError) -> ScopeDefinition {
    let scope = try Scope(existing: name)
    guard let definition = try await scopes().first(where: { $0.scope == scope }) else {
      throw .notFound(.scope, "there is no scope '\(name)'")
    }
    return definition
  }

  /// The scopes that can be granted: neither they nor their APIs are retired.
  package func grantedScopes() async throws(AdministrationError) -> [Scope] {
    let resources = try await resources().filter { $0.retiredAt == nil }.map(\.resource)
    return try await scopes().filter { $0.retiredAt == nil && resources.contains($0.resource) }.map(\.scope)
  }

  /// All APIs by URI, retired ones too.
  package func resources() async throws(AdministrationError) -> [ResourceDefinition] {
    try await ask(about: .resource, await store.resources())
  }

  /// The API with this URI.
  package func resource(_ uri: String) async throws(AdministrationError) -> ResourceDefinition {
    let resource = try Resource(existing: uri)
    guard let definition = try await resources().first(where: { $0.resource == resource }) else {
      throw .notFound(.resource, "there is no resource '\(uri)'")
    }
    return definition
  }

  /// At most `limit` tokens that are revoked by themselves, those after this place in the feed.
  package func revocations(
    after sequence: Int64 = .min,
    limit: Int
  ) async throws(AdministrationError) -> Page<RevocationRecord, Int64> {
    let records = try await ask(about: .server, await store.revocations(after: sequence, limit: limit))
    return Page(records, limit: limit, cursor: \.sequence)
  }

  /// At most `limit` records of what was done, the newest first: those before the one numbered `before` when it is given,
  /// and only those about `subject` when it is given.
  package func auditRecords(
    before number: Int64? = nil,
    subject: String? = nil,
    limit: Int
  ) async throws(AdministrationError) -> Page<AuditRecord, Int64> {
    let records = try await ask(
      about: .server,
      await store.auditRecords(before: number, subject: subject, limit: limit)
    )
    return Page(records, limit: limit, cursor: \.number)
  }

  /// The clients of which it is recorded that they had this name, the one recorded last first; they may be gone.
  package func recordedClients(named name: String) async throws(AdministrationError) -> [ClientID] {
    try await ask(about: .client, await store.recordedClients(named: name))
  }

  /// The audit log as a whole.
  package var auditLog: AuditLog { AuditLog(store: store, masterKeys: masterKeys, clock: clock) }

  /// Facts about the whole server.
  package func serverState() async throws(AdministrationError) -> ServerState {
    guard let state = try await ask(about: .server, await store.serverState()) else {
      throw .notFound(.server, "the store is not initialised")
    }
    return state
  }
}
