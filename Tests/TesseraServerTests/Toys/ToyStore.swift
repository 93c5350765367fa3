import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// The store of docs/guides/store.md: tables in memory, which all handles on one name share.
final class ToyStore: TransactionalStore {
  static let opener = StoreOpener(scheme: "toy") { name, mayMake throws(StoreOpeningError) in
    try ToyStore(Disk.named(name, mayMake: mayMake))
  }

  private let disk: Disk
  private let isClosed = Mutex(false)

  private init(_ disk: Disk) {
    self.disk = disk
  }

  func close() async { isClosed.withLock { $0 = true } }

  /// Reads from one state of the tables.
  private func read<Value>(_ body: (Tables) throws(StoreError) -> Value) throws(StoreError) -> Value {
    if isClosed.withLock({ $0 }) { throw .unavailable("The store is closed") }
    return try body(disk.tables.withLock { $0 })
  }

  /// Writes one at a time: nobody sees a number before a smaller one, and what throws leaves no trace.
  func write<Value: Sendable>(
    for party: WriteParty = .operators,
    _ body: @escaping @Sendable (Transaction) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    if isClosed.withLock({ $0 }) { throw .unavailable("The store is closed") }
    return try disk.tables.withLock { tables throws(StoreError) in
      let transaction = Transaction(tables)
      let value = try body(transaction)
      tables = transaction.tables
      return value
    }
  }
}

// MARK: - Clients

extension ToyStore {
  func client(_ id: ClientID) async throws(StoreError) -> Client? { try read { $0.clients[id] } }

  func clients(named name: String) async throws(StoreError) -> [Client] {
    try read { tables in
      tables.clients.values.filter { Name.key(of: $0.name) == Name.key(of: name) }.sorted { $0.id < $1.id }
    }
  }

  func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try read { tables in
      let rest = tables.clients.values.filter { client in id.map { client.id > $0 } ?? true }
      return Array(rest.sorted { $0.id < $1.id }.prefix(max(0, limit)))
    }
  }
}

// MARK: - Scopes, resources, keys and the server

extension ToyStore {
  func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try read { $0.scopes.values.sorted { $0.scope < $1.scope } }
  }

  func resources() async throws(StoreError) -> [ResourceDefinition] {
    try read { $0.resources.values.sorted { $0.resource < $1.resource } }
  }

  func keys() async throws(StoreError) -> [WrappedKey] {
    try read { $0.keys.values.sorted { $0.number < $1.number } }
  }

  func serverState() async throws(StoreError) -> ServerState? { try read { $0.serverState } }
}

// MARK: - What is revoked

extension ToyStore {
  func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord] {
    try read { tables in
      let later = tables.revocations.values.filter { $0.sequence > sequence }
      return Array(later.sorted { $0.sequence < $1.sequence }.prefix(max(0, limit)))
    }
  }

  func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try read { $0.revocations[token] }
  }

  func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    let end = ExpiryPeriods.revocations.end(ofThoseBefore: time)
    return try await write { toy in
      let old = toy.tables.revocations.values.filter { $0.expiresAt < end }
      for record in old { toy.tables.revocations[record.token] = nil }
      return old.count
    }
  }

  func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore] {
    try read { $0.cutOffs.values.filter { $0.madeAt >= time }.sorted { $0.sequence < $1.sequence } }
  }

  func clientNotBefores(of ids: [ClientID]) async throws(StoreError) -> [ClientNotBefore] {
    try read { tables in ids.compactMap { tables.cutOffs[$0] }.sorted { $0.sequence < $1.sequence } }
  }

  func removeClientNotBefores(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await write { toy in
      let old = toy.tables.cutOffs.values.filter { $0.madeAt < time }.prefix(max(0, limit))
      for cutOff in old { toy.tables.cutOffs[cutOff.clientID] = nil }
      return old.count
    }
  }
}

// MARK: - What can be used once

extension ToyStore {
  func claim(_ claim: SingleUseClaim) async throws(StoreError) -> Bool {
    try await write { toy in
      guard toy.tables.claims[claim.digest] == nil else { return false }
      toy.tables.claims[claim.digest] = claim.expiresAt
      return true
    }
  }

  func removeClaims(expiredBefore time: Timestamp) async throws(StoreError) {
    let end = ExpiryPeriods.claims.end(ofThoseBefore: time)
    try await write { toy in toy.tables.claims = toy.tables.claims.filter { $0.value >= end } }
  }

  /// Nothing, since one table has room for every period.
  func makePeriods(from time: Timestamp) async throws(StoreError) { try await write { _ in } }
}

// MARK: - What was done

extension ToyStore {
  func auditRecords(before: Int64?, subject: String?, limit: Int) async throws(StoreError) -> [AuditRecord] {
    try read { tables in
      let found = tables.audit.reversed().filter { record in
        record.number < before ?? .max && subject.map { record.event.subject == $0 } ?? true
      }
      return Array(found.prefix(max(0, limit)))
    }
  }

  func recordedClients(named name: String) async throws(StoreError) -> [ClientID] {
    try read { tables in
      let named = tables.audit.reversed().filter { record in
        record.event.clientName.map { Name.key(of: $0) == Name.key(of: name) } ?? false
      }
      return named.compactMap { ClientID($0.event.subject) }
        .reduce(into: []) { ids, id in if !ids.contains(id) { ids.append(id) } }
    }
  }

  func auditRecords(
    of chain: AuditChain?,
    after number: Int64,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try read { tables in
      let found = tables.audit.filter { $0.number > number && $0.chain == chain ?? $0.chain }
      return Array(found.prefix(max(0, limit)))
    }
  }

  func auditMarks() async throws(StoreError) -> [AuditMark] {
    try read { $0.marks.values.sorted { $0.name < $1.name } }
  }

  func latestChange() async throws(StoreError) -> Int64 { try read { $0.changes.last?.row.sequence ?? 0 } }

  func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try read { Array($0.changes.map(\.row).filter { $0.sequence > sequence }.prefix(max(0, limit))) }
  }

  func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await write { toy in
      let old = toy.tables.changes.dropLast().filter { $0.madeAt < time }.map(\.row.sequence)
      let numbers = Set(old.prefix(max(0, limit)))
      toy.tables.changes.removeAll { numbers.contains($0.row.sequence) }
      return numbers.count
    }
  }
}

// MARK: - When clients were used, and whose turn it is

extension ToyStore {
  func noteUse(
    of ids: [ClientID],
    at time: Timestamp,
    unlessSince known: Timestamp
  ) async throws(StoreError) {
    try await write { toy in
      for id in ids where toy.tables.clients[id] != nil && toy.tables.uses[id].map({ $0 < known }) ?? true {
        toy.tables.uses[id] = time
      }
    }
  }

  func clientsByUse(after place: UsedClient?, limit: Int) async throws(StoreError) -> [UsedClient] {
    try read { tables in
      let used = tables.uses.compactMap { id, time in
        tables.clients[id].map { UsedClient(client: $0, lastUsed: time) }
      }
      let rest = used.filter { used in
        place.map { (used.lastUsed, used.client.id) < ($0.lastUsed, $0.client.id) } ?? true
      }
      let sorted = rest.sorted { ($0.lastUsed, $0.client.id) > ($1.lastUsed, $1.client.id) }
      return Array(sorted.prefix(max(0, limit)))
    }
  }

  func addSecretUses(_ uses: [SecretUse]) async throws(StoreError) {
    try await write { toy in
      for use in uses where toy.tables.has(use) {
        let known = toy.tables.secretUses[use.clientID]?[use.secret]
        toy.tables.secretUses[use.clientID, default: [:]][use.secret] = known?.adding(use) ?? use
      }
    }
  }

  func secretUses(of id: ClientID) async throws(StoreError) -> [SecretUse] {
    try read { tables in
      tables.secretUses[id, default: [:]].values.filter(tables.has).sorted { $0.secret < $1.secret }
    }
  }

  func takeTurn(at task: String, every interval: Int64, as holder: String) async throws(StoreError) -> Bool {
    try await write { toy in
      let now = WallClock.system.now
      if let last = toy.tables.turns[task], abs(now.milliseconds - last.milliseconds) < interval {
        return false
      }
      toy.tables.turns[task] = now
      return true
    }
  }

  func taskRecord(of task: String) async throws(StoreError) -> TaskRecord? {
    try read { $0.taskRecords[task] }
  }

  func setTaskRecord(_ record: TaskRecord) async throws(StoreError) -> Bool {
    try await write { toy in
      guard toy.tables.taskRecords[record.task]?.version ?? 0 == record.version - 1 else { return false }
      toy.tables.taskRecords[record.task] = record
      return true
    }
  }
}

// MARK: - What token requests came to

extension ToyStore {
  func lastUses(of ids: [ClientID]) async throws(StoreError) -> [ClientID: Timestamp] {
    try read { tables in tables.uses.filter { ids.contains($0.key) && tables.clients[$0.key] != nil } }
  }

  func addUsage(_ usage: [ClientUsage]) async throws(StoreError) {
    try await write { toy in
      for usage in usage {
        for part in usage.counts.parts {
          let key = UsageKey(hour: usage.hour, id: usage.clientID, kind: part.kind, name: part.name)
          toy.tables.usage[key, default: 0] += part.count
        }
      }
    }
  }

  func usage(of id: ClientID?, in hours: Range<UsageHour>) async throws(StoreError) -> [ClientUsage] {
    try read { tables in
      let found = tables.usage.filter { $0.key.id == id && hours.contains($0.key.hour) }
      return Dictionary(grouping: found, by: \.key.hour).sorted { $0.key < $1.key }.map { hour, rows in
        ClientUsage(clientID: id, hour: hour, counts: Tables.counts(rows))
      }
    }
  }

  func usageTotals(of ids: [ClientID], in hours: Range<UsageHour>) async throws(StoreError) -> [UsageTotal] {
    try read { tables in
      ids.sorted().compactMap { id in
        let rows = tables.usage.filter { $0.key.id == id && hours.contains($0.key.hour) }
        let activeHours = rows.keys.count { $0.kind == .issued }
        return rows.isEmpty
          ? nil : UsageTotal(clientID: id, counts: Tables.counts(Array(rows)), activeHours: activeHours)
      }
    }
  }

  func firstUsage() async throws(StoreError) -> UsageHour? { try read { $0.usage.keys.map(\.hour).min() } }

  func removeUsage(before hour: UsageHour, limit: Int) async throws(StoreError) -> Int {
    try await write { toy in
      let old = toy.tables.usage.keys.filter { $0.hour < hour }.sorted { $0.hour < $1.hour }
      for key in old.prefix(max(0, limit)) { toy.tables.usage[key] = nil }
      return min(old.count, max(0, limit))
    }
  }
}

// MARK: - The tables

extension ToyStore {
  /// What stays when all handles are closed, until the process ends.
  private final class Disk: Sendable {
    let tables = Mutex(Tables())
    private static let all = Mutex<[String: Disk]>([:])

    static func named(_ name: String, mayMake: Bool) throws(StoreOpeningError) -> Disk {
      try all.withLock { all throws(StoreOpeningError) in
        if let disk = all[name] { return disk }
        guard mayMake else { throw .absent }
        let disk = Disk()
        all[name] = disk
        return disk
      }
    }
  }

  /// What one number of token requests is about.
  struct UsageKey: Hashable {
    let hour: UsageHour
    let id: ClientID?
    let kind: UsageCount.Kind
    let name: String
  }

  struct Tables: Sendable {
    var clients: [ClientID: Client] = [:]
    var scopes: [Scope: ScopeDefinition] = [:]
    var resources: [Resource: ResourceDefinition] = [:]
    var keys: [UInt16: WrappedKey] = [:]
    var serverState: ServerState?
    var revocations: [TokenID: RevocationRecord] = [:]
    var claims: [[UInt8]: Timestamp] = [:]
    var cutOffs: [ClientID: ClientNotBefore] = [:]
    var audit: [AuditRecord] = []
    var marks: [String: AuditMark] = [:]
    var changes: [(row: Change, madeAt: Timestamp)] = []
    var uses: [ClientID: Timestamp] = [:]
    var secretUses: [ClientID: [String: SecretUse]] = [:]
    var usage: [UsageKey: Int64] = [:]
    var turns: [String: Timestamp] = [:]
    var taskRecords: [String: TaskRecord] = [:]

    static func counts(_ rows: [(key: UsageKey, value: Int64)]) -> UsageCounts {
      rows.reduce(into: UsageCounts()) { counts, row in
        counts.add(UsageCount(kind: row.key.kind, name: row.key.name, count: row.value))
      }
    }

    /// Whether the secret is there.
    func has(_ use: SecretUse) -> Bool {
      clients[use.clientID]?.hasCredential(named: use.secret, madeAt: use.madeAt) ?? false
    }

    mutating func write(_ mutation: Mutation, after hash: [UInt8]) -> Int64 {
      audit.append(mutation.record(numbered: (audit.last?.number ?? 0) + 1, after: hash))
      var sequence = changes.last?.row.sequence ?? 0
      for subject in mutation.changes {
        sequence += 1
        changes.append((Change(sequence: sequence, subject: subject), mutation.audit.time))
      }
      for write in mutation.writes {
        switch write {
        case .insertClient(let client), .updateClient(let client), .updateTokensNotBefore(let client):
          clients[client.id] = client
        case .deleteClient(let id): (clients[id], uses[id], secretUses[id]) = (nil, nil, nil)
        case .setNotBefore(let id, let time): cutOffs[id] = mutation.notBefore(time, of: id, at: sequence)
        case .insertScope(let scope), .updateScope(let scope): scopes[scope.scope] = scope
        case .insertResource(let resource), .updateResource(let resource):
          resources[resource.resource] = resource
        case .insertKey(let key), .updateKey(let key): keys[key.number] = key
        case .deleteKey(let number): keys[number] = nil
        case .setServerState(let state): serverState = state
        case .setAuditMark(let mark): marks[mark.name] = mark
        case .insertRevocation(let revocation):
          revocations[revocation.token] = RevocationRecord(sequence: sequence, revocation)
        case .deleteRevocations(let id, let time):
          for (token, record) in revocations
          where record.clientID == id && time.map({ record.expiresAt < $0 }) ?? true {
            revocations[token] = nil
          }
        }
      }
      return sequence
    }

    func namesakes(of client: Client) -> [String] {
      clients.values.filter { $0.id != client.id && Name.key(of: $0.name) == Name.key(of: client.name) }
        .map(\.name)
    }
  }
}

// MARK: - What a transaction reads and writes

extension ToyStore {
  final class Transaction: StoreTransaction {
    fileprivate(set) var tables: Tables

    init(_ tables: Tables) { self.tables = tables }

    func client(_ id: ClientID) -> Client? { tables.clients[id] }
    func version(of id: ClientID) -> Int? { tables.clients[id]?.version }
    func namesakes(of client: Client) -> [String] { tables.namesakes(of: client) }
    func clients(withAnyOf scopes: [Scope], after id: ClientID?, limit: Int) -> [Client] {
      let found = tables.clients.values.filter { client in
        scopes.contains(where: client.scopes.contains) && id.map { client.id > $0 } ?? true
      }
      return Array(found.sorted { $0.id < $1.id }.prefix(limit))
    }
    func clientNotBefores(of ids: [ClientID]) -> [ClientNotBefore] { ids.compactMap { tables.cutOffs[$0] } }
    func scope(_ scope: Scope) -> ScopeDefinition? { tables.scopes[scope] }
    func scopes() -> [ScopeDefinition] { Array(tables.scopes.values) }
    func resource(_ resource: Resource) -> ResourceDefinition? { tables.resources[resource] }
    func resources() -> [ResourceDefinition] { Array(tables.resources.values) }
    func keys() -> [WrappedKey] { Array(tables.keys.values) }
    func serverState() -> ServerState? { tables.serverState }
    func revocation(of token: TokenID) -> RevocationRecord? { tables.revocations[token] }
    func revocationCount(of id: ClientID?) -> Int {
      tables.revocations.values.count { id == nil || $0.clientID == id }
    }
    func expiredRevocationCount(of id: ClientID, at time: Timestamp) -> Int {
      tables.revocations.values.count { $0.clientID == id && $0.expiresAt < time }
    }
    func lastIssueOfRevoked(to id: ClientID, notExpiredAt time: Timestamp) -> Timestamp? {
      tables.revocations.values.filter { $0.clientID == id && $0.expiresAt >= time }.map(\.issuedAt).max()
    }
    func lastAuditHash(of chain: AuditChain) -> [UInt8]? { tables.audit.last { $0.chain == chain }?.hash }
    func auditMark(named name: String) -> AuditMark? { tables.marks[name] }
    func set(_ mark: AuditMark) { tables.marks[mark.name] = mark }
    func deleteAuditRecords(of chain: AuditChain, through number: Int64) -> Int {
      let count = tables.audit.count
      tables.audit.removeAll { $0.chain == chain && $0.number <= number }
      return count - tables.audit.count
    }
    func write(_ mutation: Mutation) throws(StoreError) -> Int64 {
      tables.write(mutation, after: try auditHash(of: mutation.audit.action.chain))
    }
  }
}
