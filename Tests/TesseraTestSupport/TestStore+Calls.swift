package import TesseraCore
package import TesseraJOSE

/// Each call goes on to the store that keeps the data, unless it is told to fail.
///
/// Not `waitForChange`, whose default asks again and again, so that what is asked is counted and fails too.
extension TestStore: Store {
  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    await pass(.clientReads)
    try read(.clients)
    return try await base.client(id)
  }

  package func clients(named name: String) async throws(StoreError) -> [Client] {
    try read(.clients)
    return try await base.clients(named: name)
  }

  package func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try read(.clients)
    return try await base.clients(after: id, limit: limit)
  }

  package func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try write()
    try await base.insertClient(client, audit: audit)
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try write()
    return try await base.updateClient(id, audit: audit, change)
  }

  package func deleteClient(
    _ id: ClientID,
    ifVersion version: Int?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write()
    try await base.deleteClient(id, ifVersion: version, audit: audit)
  }

  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try read(.scopes)
    return try await base.scopes()
  }

  package func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try write()
    try await base.insertScope(definition, audit: audit)
  }

  package func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write()
    try await base.retireScope(scope, at: time, revokingTokens: revokingTokens, audit: audit)
  }

  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try read(.resources)
    return try await base.resources()
  }

  package func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write()
    try await base.insertResource(definition, with: key, audit: audit)
  }

  @discardableResult
  package func updateResource(
    _ resource: Resource,
    with key: KeyChange?,
    revokingTokens: Bool,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition {
    try write()
    return try await base.updateResource(
      resource,
      with: key,
      revokingTokens: revokingTokens,
      audit: audit,
      change
    )
  }

  package func apply(_ changes: ChangeSet) async throws(StoreError) {
    try write()
    try await base.apply(changes)
  }

  package func keys() async throws(StoreError) -> [WrappedKey] {
    try read(.keys)
    return try await base.keys()
  }

  package func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try write()
    try await base.changeKeys(changes)
  }

  package func rewrapKeys(
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ProtectedKeys) throws(StoreError) -> Void
  ) async throws(StoreError) {
    try write()
    try await base.rewrapKeys(audit: audit, change)
  }

  package func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord] {
    try read(.revocations)
    let records = try await base.revocations(after: sequence, limit: limit)
    await interfere()
    return records
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try read(.revocations)
    return try await base.revocation(of: token)
  }

  package func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome {
    await pass(.revocations)
    try write()
    return try await base.insertRevocation(revocation, limit: limit, audit: audit)
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    try write()
    return try await base.removeRevocations(expiredBefore: time)
  }

  package func claim(_ claim: SingleUseClaim) async throws(StoreError) -> Bool {
    try write()
    return try await base.claim(claim)
  }

  package func removeClaims(expiredBefore time: Timestamp) async throws(StoreError) {
    try write()
    try await base.removeClaims(expiredBefore: time)
  }

  package func makePeriods(from time: Timestamp) async throws(StoreError) {
    try write()
    try await base.makePeriods(from: time)
  }

  package func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore] {
    try read(.revocations)
    return try await base.clientNotBefores(madeSince: time)
  }

  package func clientNotBefores(of ids: [ClientID]) async throws(StoreError) -> [ClientNotBefore] {
    try read(.revocations)
    return try await base.clientNotBefores(of: ids)
  }

  @discardableResult
  package func removeClientNotBefores(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int
  {
    try write()
    return try await base.removeClientNotBefores(madeBefore: time, limit: limit)
  }

  package func serverState() async throws(StoreError) -> ServerState? {
    try read(.serverState)
    return try await base.serverState()
  }

  package func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try write()
    return try await base.initialise(initial, audit: audit)
  }

  package func setTokensNotBefore(
    _ time: Timestamp,
    mayGoBack: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try write()
    try await base.setTokensNotBefore(time, mayGoBack: mayGoBack, audit: audit)
  }

  package func auditRecords(
    before: Int64?,
    subject: String?,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try read(.audit)
    return try await base.auditRecords(before: before, subject: subject, limit: limit)
  }

  package func recordedClients(named name: String) async throws(StoreError) -> [ClientID] {
    try read(.audit)
    return try await base.recordedClients(named: name)
  }

  package func auditRecords(
    of chain: AuditChain?,
    after number: Int64,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try read(.audit)
    return try await base.auditRecords(of: chain, after: number, limit: limit)
  }

  package func auditMarks() async throws(StoreError) -> [AuditMark] {
    try read(.audit)
    return try await base.auditMarks()
  }

  package func setAuditMark(
    _ mark: AuditMark,
    ifMasterKey checks: [[UInt8]]?
  ) async throws(StoreError) {
    try write()
    try await base.setAuditMark(mark, ifMasterKey: checks)
  }

  @discardableResult
  package func removeAuditRecords(
    of chain: AuditChain,
    through number: Int64,
    leaving anchor: AuditMark?,
    ifMasterKey checks: [[UInt8]]?
  ) async throws(StoreError) -> Int {
    try write()
    return try await base.removeAuditRecords(
      of: chain,
      through: number,
      leaving: anchor,
      ifMasterKey: checks
    )
  }

  package func latestChange() async throws(StoreError) -> Int64 {
    try read(.changes)
    return try await base.latestChange()
  }

  package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try read(.changes)
    return try await base.changes(after: sequence, limit: limit)
  }

  @discardableResult
  package func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try write()
    return try await base.removeChanges(madeBefore: time, limit: limit)
  }

  package func noteUse(
    of ids: [ClientID],
    at time: Timestamp,
    unlessSince known: Timestamp
  ) async throws(StoreError) {
    try write()
    try await base.noteUse(of: ids, at: time, unlessSince: known)
  }

  package func clientsByUse(after place: UsedClient?, limit: Int) async throws(StoreError) -> [UsedClient] {
    try read(.uses)
    return try await base.clientsByUse(after: place, limit: limit)
  }

  package func addSecretUses(_ uses: [SecretUse]) async throws(StoreError) {
    try write()
    try await base.addSecretUses(uses)
  }

  package func secretUses(of id: ClientID) async throws(StoreError) -> [SecretUse] {
    try read(.uses)
    return try await base.secretUses(of: id)
  }

  package func lastUses(of ids: [ClientID]) async throws(StoreError) -> [ClientID: Timestamp] {
    try read(.uses)
    return try await base.lastUses(of: ids)
  }

  package func addUsage(_ usage: [ClientUsage]) async throws(StoreError) {
    try write()
    try await base.addUsage(usage)
  }

  package func usage(
    of id: ClientID?,
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [ClientUsage] {
    try read(.uses)
    return try await base.usage(of: id, in: hours)
  }

  package func usageTotals(
    of ids: [ClientID],
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [UsageTotal] {
    try read(.uses)
    return try await base.usageTotals(of: ids, in: hours)
  }

  package func firstUsage() async throws(StoreError) -> UsageHour? {
    try read(.uses)
    return try await base.firstUsage()
  }

  @discardableResult
  package func removeUsage(before hour: UsageHour, limit: Int) async throws(StoreError) -> Int {
    try write()
    return try await base.removeUsage(before: hour, limit: limit)
  }

  package func takeTurn(
    at task: String,
    every interval: Int64,
    as holder: String
  ) async throws(StoreError) -> Bool {
    try write()
    return try await base.takeTurn(at: task, every: interval, as: holder)
  }

  package func taskRecord(of task: String) async throws(StoreError) -> TaskRecord? {
    try read(.uses)
    return try await base.taskRecord(of: task)
  }

  package func setTaskRecord(_ record: TaskRecord) async throws(StoreError) -> Bool {
    try write()
    return try await base.setTaskRecord(record)
  }

  package func close() async {
    await base.close()
  }
}
