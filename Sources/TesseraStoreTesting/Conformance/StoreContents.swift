import TesseraCore
import TesseraJOSE

/// Everything that can be read from a store, to see whether a call changed anything at all.
struct StoreContents: Equatable {
  let clients: [Client]
  let scopes: [ScopeDefinition]
  let keys: [WrappedKey]
  let resources: [ResourceDefinition]
  let revocations: [RevocationRecord]
  let clientNotBefores: [ClientNotBefore]
  let serverState: ServerState?
  let audit: [AuditRecord]
  let auditMarks: [AuditMark]
  let changes: [Change]

  init(of store: any Store) async throws(StoreError) {
    clients = try await store.clients(after: nil, limit: .max)
    scopes = try await store.scopes()
    keys = try await store.keys()
    revocations = try await store.revocations(after: .min, limit: .max)
    clientNotBefores = try await store.clientNotBefores(madeSince: Timestamp(milliseconds: .min))
    resources = try await store.resources()
    serverState = try await store.serverState()
    audit = try await store.auditRecords(before: nil, subject: nil, limit: .max)
    auditMarks = try await store.auditMarks()
    changes = try await store.changes(after: 0, limit: .max)
  }
}
