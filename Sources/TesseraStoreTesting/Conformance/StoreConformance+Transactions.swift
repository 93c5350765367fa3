import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let transactionRules = [
    StoreRule("Each mutation adds its audit row and its changes", eachMutationIsRecorded),
    StoreRule("A refused mutation changes nothing at all", refusedMutationChangesNothing),
  ]

  /// A mutation and the changes it makes; for those that are refused, none.
  private struct Attempt: Sendable {
    let changes: [Change.Subject]
    let run: @Sendable (any Store, AuditEvent) async throws -> Void

    init(
      _ changes: Change.Subject...,
      run: @escaping @Sendable (any Store, AuditEvent) async throws -> Void
    ) {
      self.changes = changes
      self.run = run
    }
  }

  private static func eachMutationIsRecorded(_ store: any Store) async throws {
    let client = try Sample.client("a")
    let definition = try Sample.definition("extra")
    let resource = try Sample.resourceDefinition("urn:extra")
    let revocation = try Sample.revocation(1)
    let initial = try Sample.initialState(scopes: "one", "two")
    let mutations = [
      Attempt(.serverState, .resources, .scopes, .keys) { _ = try await $0.initialise(initial, audit: $1) },
      Attempt(.client(client.id)) { try await $0.insertClient(client, audit: $1) },
      Attempt(.client(client.id)) { try await $0.updateClient(client.id, audit: $1) { _ in } },
      Attempt(.client(client.id)) { try await $0.deleteClient(client.id, audit: $1) },
      Attempt(.scopes) { try await $0.insertScope(definition, audit: $1) },
      Attempt(.scopes) { try await $0.retireScope(definition.scope, at: Sample.time, audit: $1) },
      Attempt(.resources) { try await $0.insertResource(resource, audit: $1) },
      Attempt(.resources) { try await $0.updateResource(resource.resource, audit: $1) { _ in } },
      Attempt(.keys) { try await $0.insertKey(Sample.key(3), audit: $1) },
      Attempt(.keys) {
        try await $0.moveKeyActivation(3, from: Sample.key(3).activatesAt, to: Sample.time, audit: $1)
      },
      Attempt(.keys) { try await $0.removeKey(3, audit: $1) },
      Attempt(.revocation(revocation.token)) {
        _ = try await $0.insertRevocation(revocation, limit: RevocationLimit(), audit: $1)
      },
    ]
    for (index, mutation) in mutations.enumerated() {
      let latest = try await store.latestChange()
      let event = Sample.event(about: "mutation \(index)", at: Timestamp(milliseconds: Int64(index)))
      try await mutation.run(store, event)
      let audit = try await store.auditRecords(before: nil, subject: nil, limit: .max)
      #expect(audit.count == index + 1)
      #expect(audit.first?.event == event)
      #expect(try await store.changes(after: latest, limit: 9).map(\.subject) == mutation.changes)
    }
  }

  private static func refusedMutationChangesNothing(_ store: any Store) async throws {
    let client = try Sample.client("a", name: "taken", secrets: [try Sample.secret("one")])
    let sameName = try Sample.client("b", name: "taken", secrets: [try Sample.secret("one")])
    let missing = try Sample.clientID("missing")
    let definition = try Sample.definition("retired", retiredAt: Sample.time)
    let resource = try Sample.resourceDefinition("urn:a")
    let missingResource = try Sample.resource("urn:missing")
    let missingScope = try Sample.scope("missing")
    try await store.insertClient(client, audit: Sample.event())
    try await store.insertScope(definition, audit: Sample.event())
    try await store.insertResource(resource, audit: Sample.event())
    try await store.insertKey(Sample.key(1), audit: Sample.event())
    let before = try await StoreContents(of: store)
    let mutations = [
      Attempt { try await $0.insertClient(client, audit: $1) },
      Attempt { try await $0.insertClient(sameName, audit: $1) },
      Attempt { try await $0.updateClient(missing, audit: $1) { _ in } },
      Attempt {
        try await $0.updateClient(client.id, audit: $1) { _ throws(StoreError) in throw .invalid("refused") }
      },
      Attempt { try await $0.deleteClient(missing, audit: $1) },
      Attempt { try await $0.insertScope(definition, audit: $1) },
      Attempt { try await $0.retireScope(missingScope, at: Sample.time, audit: $1) },
      Attempt { try await $0.retireScope(definition.scope, at: Sample.time, audit: $1) },
      Attempt { try await $0.insertResource(resource, audit: $1) },
      Attempt { try await $0.updateResource(missingResource, audit: $1) { _ in } },
      Attempt {
        try await $0.updateResource(resource.resource, audit: $1) { _ throws(StoreError) in
          throw .invalid("refused")
        }
      },
      Attempt { try await $0.insertKey(Sample.key(1), audit: $1) },
      Attempt {
        try await $0.moveKeyActivation(1, from: Timestamp(milliseconds: 0), to: Sample.time, audit: $1)
      },
      Attempt { try await $0.removeKey(9, audit: $1) },
    ]
    for (index, mutation) in mutations.enumerated() {
      let refusal = try await failure { try await mutation.run(store, Sample.event()) }
      #expect(refusal != nil, "mutation \(index) was not refused")
      #expect(try await StoreContents(of: store) == before, "mutation \(index)")
    }
  }
}
