import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let changeSetRules = [
    StoreRule("A change set is made whole and in its order, with its audit rows and changes", setIsMade),
    StoreRule("A change set of which one part is refused changes nothing at all", setIsAllOrNothing),
    StoreRule("A change set may change one thing more than once, and exchange names", setIsComparedAtItsEnd),
    StoreRule("Of change sets that were decided by the same, one is made", ofTwo: oneSetIsMade),
  ]

  /// What there is before each: a client, a scope and a resource.
  private struct Present {
    let client: Client
    let scope: ScopeDefinition
    let resource: ResourceDefinition

    init(in store: any Store) async throws {
      client = try Sample.client("a", secrets: [try Sample.secret("one")])
      scope = try Sample.definition("scope")
      resource = try Sample.resourceDefinition("urn:a")
      try await store.insertClient(client, audit: Sample.event())
      try await store.insertScope(scope, audit: Sample.event())
      try await store.insertResource(resource, audit: Sample.event())
      try await store.insertKey(Sample.key(1), audit: Sample.event())
    }

    func set(_ changes: [ChangeSet.Change], keys: [KeyChange] = []) -> ChangeSet {
      let items = changes.enumerated().map { index, change in
        ChangeSet.Item(change, audit: Sample.event(about: "item \(index)"))
      }
      return ChangeSet(basedOn: [scope], [resource], keys: keys, items: items)
    }

    func renamed(_ name: String) -> Client {
      var renamed = client
      renamed.name = name
      renamed.version += 1
      return renamed
    }
  }

  private static func setIsMade(_ store: any Store) async throws {
    let present = try await Present(in: store)
    let (added, scope) = (try Sample.client("b", name: "name of a"), try Sample.definition("new"))
    let resource = try Sample.resourceDefinition("urn:new")
    var (retired, described) = (present.scope, present.resource)
    retired.retiredAt = Sample.time
    described.description = "other"
    described.version += 1
    let latest = try await store.latestChange()
    let count = try await StoreContents(of: store).audit.count
    let set = present.set(
      [
        .addResource(resource), .changeResource(from: present.resource, to: described), .addScope(scope),
        .changeScope(from: present.scope, to: retired), .removeClient(present.client), .addClient(added),
      ],
      keys: [KeyChange(.add(Sample.key(2)), audit: Sample.event(about: "key"))]
    )
    try await store.apply(set)
    let after = try await StoreContents(of: store)
    #expect(after.clients == [added] && Set(after.scopes.map(\.scope)) == [scope.scope, retired.scope])
    #expect(after.scopes.contains(retired) && after.resources.contains(described))
    #expect(after.resources.contains(resource) && after.keys.map(\.number) == [1, 2])
    #expect(
      after.audit.dropLast(count).reversed().map(\.event.subject)
        == ["key"] + (0..<6).map { "item \($0)" }
    )
    #expect(
      try await store.changes(after: latest, limit: 99).map(\.subject)
        == [.keys, .resources, .resources, .scopes, .scopes, .client(present.client.id), .client(added.id)]
    )
    // The tokens of the client that is gone are inactive.
    #expect(try await store.clientNotBefores(of: [present.client.id]).map(\.notBefore) == [.distantFuture])
  }

  private static func setIsAllOrNothing(_ store: any Store) async throws {
    let present = try await Present(in: store)
    let other = try Sample.client("other", name: "taken")
    try await store.insertClient(other, audit: Sample.event())
    var staleClient = present.client
    staleClient.version += 1
    var (staleScope, staleResource) = (present.scope, present.resource)
    staleScope.description = "stale"
    staleResource.description = "stale"
    let missing = try Sample.client("missing")
    let good = ChangeSet.Change.addClient(try Sample.client("good"))
    let before = try await StoreContents(of: store)
    let refused: [(StoreErrorKind, ChangeSet)] = [
      (.conflict, present.set([good, .addClient(present.client)])),
      (.conflict, present.set([good, .addClient(try Sample.client("b", name: "Taken"))])),
      (.conflict, present.set([good, .changeClient(from: present.client, to: present.renamed("taken"))])),
      (.conflict, present.set([good, .changeClient(from: staleClient, to: present.renamed("b"))])),
      (.conflict, present.set([good, .changeClient(from: missing, to: missing)])),
      (.conflict, present.set([good, .removeClient(staleClient)])),
      (.conflict, present.set([good, .removeClient(missing)])),
      (.conflict, present.set([good, .addScope(present.scope)])),
      (.conflict, present.set([good, .changeScope(from: staleScope, to: present.scope)])),
      (.conflict, present.set([good, .addResource(present.resource)])),
      (.conflict, present.set([good, .changeResource(from: staleResource, to: present.resource)])),
      (.conflict, present.set([good], keys: [KeyChange(.add(Sample.key(1)), audit: Sample.event())])),
      (.notFound, present.set([good], keys: [KeyChange(.remove(9), audit: Sample.event())])),
      (.conflict, ChangeSet(basedOn: [], [present.resource], items: [.init(good, audit: Sample.event())])),
      (.conflict, ChangeSet(basedOn: [present.scope], [], items: [.init(good, audit: Sample.event())])),
    ]
    for (index, (expected, set)) in refused.enumerated() {
      #expect(try await failure { try await store.apply(set) } == expected, "set \(index)")
      #expect(try await StoreContents(of: store) == before, "set \(index)")
    }
    try await store.apply(present.set([good]))
    #expect(try await StoreContents(of: store).clients.count == 3)
  }

  private static func setIsComparedAtItsEnd(_ store: any Store) async throws {
    let present = try await Present(in: store)
    let other = try Sample.client("b", name: "other")
    try await store.insertClient(other, audit: Sample.event())
    var renamed = other
    renamed.name = present.client.name
    var disabled = present.renamed("other")
    disabled.disable(at: Sample.time)
    try await store.apply(
      present.set([
        .changeClient(from: present.client, to: present.renamed("other")),
        .changeClient(from: other, to: renamed),
        .changeClient(from: present.renamed("other"), to: disabled),
      ])
    )
    #expect(try await StoreContents(of: store).clients == [disabled, renamed])
    #expect(try await store.clients(named: "other") == [disabled])
  }

  private static func oneSetIsMade(_ first: any Store, _ second: any Store) async throws {
    let present = try await Present(in: first)
    let failures = try await concurrently(6) { index in
      let store = index.isMultiple(of: 2) ? first : second
      let set = present.set([
        .addClient(try Sample.client("new-\(index)")),
        .changeClient(from: present.client, to: present.renamed("by \(index)")),
      ])
      return try await failure { try await store.apply(set) }
    }
    #expect(failures.count { $0 == nil } == 1 && failures.count { $0 == .conflict } == 5)
    #expect(try await StoreContents(of: first).clients.count == 2)
  }
}
