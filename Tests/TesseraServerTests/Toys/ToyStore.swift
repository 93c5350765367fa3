import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// The store of docs/guides/store.md: tables in memory, which all handles on one name share.
final class ToyStore: Store {
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
  private func write<Value: Sendable>(
    _ body: (inout Tables) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    if isClosed.withLock({ $0 }) { throw .unavailable("The store is closed") }
    return try disk.tables.withLock { tables throws(StoreError) in
      var changed = tables
      let value = try body(&changed)
      tables = changed
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

  func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try write { tables throws(StoreError) in
      let mutation = try Mutation.inserting(
        client,
        isTaken: tables.clients[client.id] != nil,
        namesakes: tables.namesakes(of: client),
        after: tables.cutOffs[client.id],
        audit: audit
      )
      tables.write(mutation)
    }
  }

  func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try write { tables throws(StoreError) in
      guard let earlier = tables.clients[id] else { throw .noClient(id) }
      var client = earlier
      try change(&client)
      let namesakes = tables.namesakes(of: client)
      tables.write(try .updating(earlier, to: client, namesakes: namesakes, audit: audit))
      return client
    }
  }

  func deleteClient(
    _ id: ClientID,
    ifVersion version: Int?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { tables throws(StoreError) in
      let found = tables.clients[id]?.version
      let mutation = try Mutation.deleting(id, found: found, ifVersion: version, audit: audit)
      tables.write(mutation)
    }
  }
}

// MARK: - Scopes, resources, keys and the server

extension ToyStore {
  func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try read { $0.scopes.values.sorted { $0.scope < $1.scope } }
  }

  func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try write { tables throws(StoreError) in
      let isTaken = tables.scopes[definition.scope] != nil
      tables.write(try .inserting(definition, isTaken: isTaken, audit: audit))
    }
  }

  func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { tables throws(StoreError) in
      tables.write(try .retiring(scope, found: tables.scopes[scope], at: time, audit: audit))
      if revokingTokens { tables.revokeTokens(ofClientsWith: [scope], because: audit) }
    }
  }

  func resources() async throws(StoreError) -> [ResourceDefinition] {
    try read { $0.resources.values.sorted { $0.resource < $1.resource } }
  }

  func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { tables throws(StoreError) in
      let (isTaken, keys) = (tables.resources[definition.resource] != nil, Array(tables.keys.values))
      let mutations = try Mutation.inserting(
        definition,
        isTaken: isTaken,
        with: key,
        among: keys,
        audit: audit
      )
      tables.write(mutations)
    }
  }

  func updateResource(
    _ resource: Resource,
    with key: KeyChange?,
    revokingTokens: Bool,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition {
    try write { tables throws(StoreError) in
      guard var definition = tables.resources[resource] else { throw .noResource(resource) }
      try change(&definition)
      let keys = Array(tables.keys.values)
      tables.write(try Mutation.updating(to: definition, with: key, among: keys, audit: audit))
      if revokingTokens {
        let scopes = tables.scopes.values.filter { $0.resource == resource }.map(\.scope)
        tables.revokeTokens(ofClientsWith: scopes, because: audit)
      }
      return definition
    }
  }

  func keys() async throws(StoreError) -> [WrappedKey] {
    try read { $0.keys.values.sorted { $0.number < $1.number } }
  }

  func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try write { tables throws(StoreError) in
      tables.write(try Mutation.changingKeys(changes, among: Array(tables.keys.values)))
    }
  }

  func serverState() async throws(StoreError) -> ServerState? { try read { $0.serverState } }

  func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try write { tables throws(StoreError) in
      let mutation = try Mutation.initialising(
        initial,
        state: tables.serverState,
        resources: Array(tables.resources.values),
        scopes: Array(tables.scopes.values),
        keys: Array(tables.keys.values),
        audit: audit
      )
      if let mutation { tables.write(mutation) }
      return mutation != nil
    }
  }

  func setTokensNotBefore(
    _ time: Timestamp,
    mayGoBack: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write { tables throws(StoreError) in
      let state = tables.serverState
      tables.write(try .settingTokensNotBefore(time, in: state, mayGoBack: mayGoBack, audit: audit))
    }
  }
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

  func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome {
    try write { tables in
      if let known = tables.revocations[revocation.token] { return .token(known) }
      let ofClient = tables.revocations.values.filter { $0.clientID == revocation.clientID }
      let lasting = ofClient.filter { $0.expiresAt >= audit.time }
      var standing = Mutation.Standing(ofClient: ofClient.count, ofAll: tables.revocations.count)
      standing.expired = ofClient.count - lasting.count
      standing.lastIssued = lasting.map(\.issuedAt).max()
      let client = tables.clients[revocation.clientID]
      let mutation = Mutation.revoking(revocation, of: client, beside: standing, limit: limit, audit: audit)
      return mutation.outcome(of: revocation, at: tables.write(mutation))
    }
  }

  func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    let end = ExpiryPeriods.revocations.end(ofThoseBefore: time)
    return try write { tables in
      let old = tables.revocations.values.filter { $0.expiresAt < end }
      for record in old { tables.revocations[record.token] = nil }
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
    try write { tables in
      let old = tables.cutOffs.values.filter { $0.madeAt < time }.prefix(max(0, limit))
      for cutOff in old { tables.cutOffs[cutOff.clientID] = nil }
      return old.count
    }
  }
}

// MARK: - What can be used once

extension ToyStore {
  func claim(_ claim: SingleUseClaim) async throws(StoreError) -> Bool {
    try write { tables in
      guard tables.claims[claim.digest] == nil else { return false }
      tables.claims[claim.digest] = claim.expiresAt
      return true
    }
  }

  func removeClaims(expiredBefore time: Timestamp) async throws(StoreError) {
    let end = ExpiryPeriods.claims.end(ofThoseBefore: time)
    try write { tables in tables.claims = tables.claims.filter { $0.value >= end } }
  }

  /// Nothing, since one table has room for every period.
  func makePeriods(from time: Timestamp) async throws(StoreError) { try write { _ in } }
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

  func removeAuditRecords(
    madeBefore time: Timestamp,
    action: AuditEvent.Action?,
    limit: Int
  ) async throws(StoreError) -> Int {
    try write { tables in
      let old = tables.audit.dropLast().filter { record in
        record.event.time < time && action.map { record.event.action == $0 } ?? true
      }
      let numbers = Set(old.map(\.number).prefix(max(0, limit)))
      tables.audit.removeAll { numbers.contains($0.number) }
      return numbers.count
    }
  }

  func latestChange() async throws(StoreError) -> Int64 { try read { $0.changes.last?.row.sequence ?? 0 } }

  func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try read { Array($0.changes.map(\.row).filter { $0.sequence > sequence }.prefix(max(0, limit))) }
  }

  func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try write { tables in
      let old = tables.changes.dropLast().filter { $0.madeAt < time }.map(\.row.sequence)
      let numbers = Set(old.prefix(max(0, limit)))
      tables.changes.removeAll { numbers.contains($0.row.sequence) }
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
    try write { tables in
      for id in ids where tables.clients[id] != nil && tables.uses[id].map({ $0 < known }) ?? true {
        tables.uses[id] = time
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

  func takeTurn(at task: String, every interval: Int64, as holder: String) async throws(StoreError) -> Bool {
    try write { tables in
      let now = WallClock.system.now
      if let last = tables.turns[task], abs(now.milliseconds - last.milliseconds) < interval { return false }
      tables.turns[task] = now
      return true
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

  private struct Tables: Sendable {
    var clients: [ClientID: Client] = [:]
    var scopes: [Scope: ScopeDefinition] = [:]
    var resources: [Resource: ResourceDefinition] = [:]
    var keys: [UInt16: WrappedKey] = [:]
    var serverState: ServerState?
    var revocations: [TokenID: RevocationRecord] = [:]
    var claims: [[UInt8]: Timestamp] = [:]
    var cutOffs: [ClientID: ClientNotBefore] = [:]
    var audit: [AuditRecord] = []
    var changes: [(row: Change, madeAt: Timestamp)] = []
    var uses: [ClientID: Timestamp] = [:]
    var turns: [String: Timestamp] = [:]

    @discardableResult
    mutating func write(_ mutation: Mutation) -> Int64 {
      audit.append(AuditRecord(number: (audit.last?.number ?? 0) + 1, event: mutation.audit))
      var sequence = changes.last?.row.sequence ?? 0
      for subject in mutation.changes {
        sequence += 1
        changes.append((Change(sequence: sequence, subject: subject), mutation.audit.time))
      }
      for write in mutation.writes {
        switch write {
        case .insertClient(let client), .updateClient(let client): clients[client.id] = client
        case .deleteClient(let id): (clients[id], uses[id]) = (nil, nil)
        case .setNotBefore(let id, let time): cutOffs[id] = mutation.notBefore(time, of: id, at: sequence)
        case .insertScope(let scope), .updateScope(let scope): scopes[scope.scope] = scope
        case .insertResource(let resource), .updateResource(let resource):
          resources[resource.resource] = resource
        case .insertKey(let key), .updateKey(let key): keys[key.number] = key
        case .deleteKey(let number): keys[number] = nil
        case .setServerState(let state): serverState = state
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

    mutating func write(_ mutations: [Mutation]) {
      for mutation in mutations { write(mutation) }
    }

    mutating func revokeTokens(ofClientsWith scopes: [Scope], because audit: AuditEvent) {
      let meant = clients.values.filter { client in scopes.contains(where: client.scopes.contains) }
      for client in meant.sorted(by: { $0.id < $1.id }) {
        write(.revokingTokens(of: client, because: audit))
      }
    }

    func namesakes(of client: Client) -> [String] {
      clients.values.filter { $0.id != client.id && Name.key(of: $0.name) == Name.key(of: client.name) }
        .map(\.name)
    }
  }
}
