package import TesseraCore
package import TesseraJOSE

/// What one transaction reads and changes.
package final class InMemoryTransaction: StoreTransaction {
  private(set) var data: StoredData

  init(_ data: StoredData) {
    self.data = data
  }

  package func client(_ id: ClientID) -> Client? { data.clients[id] }
  package func version(of id: ClientID) -> Int? { data.clients[id]?.version }
  package func namesakes(of client: Client) -> [String] { data.namesakes(of: client) }
  package func clients(withAnyOf scopes: [Scope], after id: ClientID?, limit: Int) -> [Client] {
    data.clients.values.filter { client in
      scopes.contains(where: client.scopes.contains) && id.map { $0 < client.id } ?? true
    }.sorted { $0.id < $1.id }.first(limit)
  }
  package func clientNotBefores(of ids: [ClientID]) -> [ClientNotBefore] {
    ids.compactMap { data.clientNotBefores[$0] }
  }
  package func scope(_ scope: Scope) -> ScopeDefinition? { data.scopes[scope] }
  package func scopes() -> [ScopeDefinition] { Array(data.scopes.values) }
  package func resource(_ resource: Resource) -> ResourceDefinition? { data.resources[resource] }
  package func resources() -> [ResourceDefinition] { Array(data.resources.values) }
  package func keys() -> [WrappedKey] { Array(data.keys.values) }
  package func serverState() -> ServerState? { data.serverState }
  package func revocation(of token: TokenID) -> RevocationRecord? { data.revocations[token] }
  package func revocationCount(of id: ClientID?) -> Int {
    data.revocations.values.count { id == nil || $0.clientID == id }
  }
  package func expiredRevocationCount(of id: ClientID, at time: Timestamp) -> Int {
    data.revocations.values.count { $0.clientID == id && $0.expiresAt < time }
  }
  package func lastIssueOfRevoked(to id: ClientID, notExpiredAt time: Timestamp) -> Timestamp? {
    data.revocations.values.filter { $0.clientID == id && $0.expiresAt >= time }.map(\.issuedAt).max()
  }
  package func lastAuditHash(of chain: AuditChain) -> [UInt8]? {
    data.audit.last { $0.chain == chain }?.hash
  }
  package func auditMark(named name: String) -> AuditMark? { data.auditMarks[name] }
  package func set(_ mark: AuditMark) { data.auditMarks[mark.name] = mark }
  package func deleteAuditRecords(of chain: AuditChain, through number: Int64) -> Int {
    let count = data.audit.count
    data.audit.removeAll { $0.chain == chain && $0.number <= number }
    return count - data.audit.count
  }
  package func write(_ mutation: Mutation) throws(StoreError) -> Int64 {
    data.write(mutation, after: try auditHash(of: mutation.audit.action.chain))
  }
}
