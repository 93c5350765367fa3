import TesseraCore
import TesseraJOSE

/// Everything that an `InMemoryStore` holds.
struct StoredData: Sendable {
  /// A change with the time of the mutation that made it.
  struct TimedChange: Sendable {
    let change: Change
    let madeAt: Timestamp
  }

  var clients: [ClientID: Client] = [:]
  /// The clients of each name, by `Name.key`.
  var clientsByName: [String: Set<ClientID>] = [:]
  var resources: [Resource: ResourceDefinition] = [:]
  var scopes: [Scope: ScopeDefinition] = [:]
  var keys: [UInt16: WrappedKey] = [:]
  var revocations: [TokenID: RevocationRecord] = [:]
  /// When claims expire, by digest.
  var claims: [[UInt8]: Timestamp] = [:]
  var clientNotBefores: [ClientID: ClientNotBefore] = [:]
  var serverState: ServerState?
  var audit: [AuditRecord] = []
  var auditMarks: [String: AuditMark] = [:]
  var changes: [TimedChange] = []
  /// When clients were used last.
  var uses: [ClientID: Timestamp] = [:]
  /// How secrets were used, by name.
  var secretUses: [ClientID: [String: SecretUse]] = [:]
  /// What token requests came to, by hour and client; of all together for nil.
  var usage: [UsageHour: [ClientID?: UsageCounts]] = [:]
  /// When the turn at each task was last taken.
  var turns: [String: Timestamp] = [:]
  /// What is kept of each task.
  var taskRecords: [String: TaskRecord] = [:]

  /// Writes what a mutation comes to, its audit record after the one with this hash, and returns the number of its last
  /// change.
  @discardableResult
  mutating func write(_ mutation: Mutation, after earlier: [UInt8]) -> Int64 {
    audit.append(mutation.record(numbered: (audit.last?.number ?? 0) + 1, after: earlier))
    var sequence = changes.last?.change.sequence ?? 0
    for subject in mutation.changes {
      sequence += 1
      let change = Change(sequence: sequence, subject: subject)
      changes.append(TimedChange(change: change, madeAt: mutation.audit.time))
    }
    for write in mutation.writes {
      switch write {
      case .insertClient(let client), .updateClient(let client), .updateTokensNotBefore(let client):
        put(client)
      case .deleteClient(let id):
        remove(id)
        (uses[id], secretUses[id]) = (nil, nil)
      case .setNotBefore(let id, let time):
        clientNotBefores[id] = mutation.notBefore(time, of: id, at: sequence)
      case .insertScope(let definition), .updateScope(let definition): scopes[definition.scope] = definition
      case .insertResource(let definition), .updateResource(let definition):
        resources[definition.resource] = definition
      case .insertKey(let key), .updateKey(let key): keys[key.number] = key
      case .deleteKey(let number): keys[number] = nil
      case .setServerState(let state): serverState = state
      case .setAuditMark(let mark): auditMarks[mark.name] = mark
      case .insertRevocation(let revocation):
        revocations[revocation.token] = RevocationRecord(sequence: sequence, revocation)
      case .deleteRevocations(let id, let time):
        revocations = revocations.filter { record in
          record.value.clientID != id || time.map { record.value.expiresAt >= $0 } ?? false
        }
      }
    }
    return sequence
  }

  private mutating func put(_ client: Client) {
    remove(client.id)
    clients[client.id] = client
    clientsByName[Name.key(of: client.name), default: []].insert(client.id)
    secretUses[client.id] = secretUses[client.id]?.filter { name, use in
      client.hasCredential(named: name, madeAt: use.madeAt)
    }
  }

  private mutating func remove(_ id: ClientID) {
    guard let client = clients.removeValue(forKey: id) else { return }
    clientsByName[Name.key(of: client.name)]?.remove(id)
  }

  /// The names of other clients that have the key of this one's.
  func namesakes(of client: Client) -> [String] {
    clientsByName[Name.key(of: client.name), default: []].filter { $0 != client.id }
      .compactMap { clients[$0]?.name }
  }
}
