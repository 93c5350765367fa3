package import TesseraCore
package import TesseraJOSE

/// A store whose calls are timed.
package struct MeasuredStore: Store {
  private let base: any Store
  private let times: StoreTimes

  package init(_ base: any Store, times: StoreTimes) {
    self.base = base
    self.times = times
  }

  package func client(_ id: ClientID) async throws(StoreError) -> Client? {
    try await times.time("read_client") { () async throws(StoreError) in
      try await base.client(id)
    }
  }

  package func clients(named name: String) async throws(StoreError) -> [Client] {
    try await times.time("read_clients_by_name") { () async throws(StoreError) in
      try await base.clients(named: name)
    }
  }

  package func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client] {
    try await times.time("read_clients") { () async throws(StoreError) in
      try await base.clients(after: id, limit: limit)
    }
  }

  package func nextSecretExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await times.time("read_next_secret_expiry") { () async throws(StoreError) in
      try await base.nextSecretExpiry(after: time)
    }
  }

  package func nextKeyExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await times.time("read_next_key_expiry") { () async throws(StoreError) in
      try await base.nextKeyExpiry(after: time)
    }
  }

  package func expiringCredentials(
    after place: ExpiringCredential.Place,
    through time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> [ExpiringCredential] {
    try await times.time("read_expiring_credentials") { () async throws(StoreError) in
      try await base.expiringCredentials(after: place, through: time, limit: limit)
    }
  }

  package func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError) {
    try await times.time("insert_client") { () async throws(StoreError) in
      try await base.insertClient(client, audit: audit)
    }
  }

  @discardableResult
  package func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client {
    try await times.time("update_client") { () async throws(StoreError) in
      try await base.updateClient(id, audit: audit, change)
    }
  }

  package func deleteClient(
    _ id: ClientID,
    ifVersion version: Int?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await times.time("delete_client") { () async throws(StoreError) in
      try await base.deleteClient(id, ifVersion: version, audit: audit)
    }
  }

  package func scopes() async throws(StoreError) -> [ScopeDefinition] {
    try await times.time("read_scopes") { () async throws(StoreError) in
      try await base.scopes()
    }
  }

  package func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError) {
    try await times.time("insert_scope") { () async throws(StoreError) in
      try await base.insertScope(definition, audit: audit)
    }
  }

  package func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await times.time("retire_scope") { () async throws(StoreError) in
      try await base.retireScope(scope, at: time, revokingTokens: revokingTokens, audit: audit)
    }
  }

  package func resources() async throws(StoreError) -> [ResourceDefinition] {
    try await times.time("read_resources") { () async throws(StoreError) in
      try await base.resources()
    }
  }

  package func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await times.time("insert_resource") { () async throws(StoreError) in
      try await base.insertResource(definition, with: key, audit: audit)
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
    try await times.time("update_resource") { () async throws(StoreError) in
      try await base.updateResource(
        resource,
        with: key,
        revokingTokens: revokingTokens,
        audit: audit,
        change
      )
    }
  }

  package func apply(_ changes: ChangeSet) async throws(StoreError) {
    try await times.time("apply_changes") { () async throws(StoreError) in
      try await base.apply(changes)
    }
  }

  package func keys() async throws(StoreError) -> [WrappedKey] {
    try await times.time("read_keys") { () async throws(StoreError) in
      try await base.keys()
    }
  }

  package func changeKeys(_ changes: [KeyChange]) async throws(StoreError) {
    try await times.time("change_keys") { () async throws(StoreError) in
      try await base.changeKeys(changes)
    }
  }

  package func rewrapKeys(
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ProtectedKeys) throws(StoreError) -> Void
  ) async throws(StoreError) {
    try await times.time("rewrap_keys") { () async throws(StoreError) in
      try await base.rewrapKeys(audit: audit, change)
    }
  }

  package func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord] {
    try await times.time("read_revocations") { () async throws(StoreError) in
      try await base.revocations(after: sequence, limit: limit)
    }
  }

  package func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord? {
    try await times.time("read_revocation") { () async throws(StoreError) in
      try await base.revocation(of: token)
    }
  }

  package func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome {
    try await times.time("insert_revocation") { () async throws(StoreError) in
      try await base.insertRevocation(revocation, limit: limit, audit: audit)
    }
  }

  @discardableResult
  package func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int {
    try await times.time("remove_revocations") { () async throws(StoreError) in
      try await base.removeRevocations(expiredBefore: time)
    }
  }

  package func claim(_ claim: SingleUseClaim) async throws(StoreError) -> Bool {
    try await times.time("claim") { () async throws(StoreError) in
      try await base.claim(claim)
    }
  }

  package func removeClaims(expiredBefore time: Timestamp) async throws(StoreError) {
    try await times.time("remove_claims") { () async throws(StoreError) in
      try await base.removeClaims(expiredBefore: time)
    }
  }

  package func makePeriods(from time: Timestamp) async throws(StoreError) {
    try await times.time("make_periods") { () async throws(StoreError) in
      try await base.makePeriods(from: time)
    }
  }

  package func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore] {
    try await times.time("read_client_not_befores") { () async throws(StoreError) in
      try await base.clientNotBefores(madeSince: time)
    }
  }

  package func clientNotBefores(of ids: [ClientID]) async throws(StoreError) -> [ClientNotBefore] {
    try await times.time("read_client_not_befores") { () async throws(StoreError) in
      try await base.clientNotBefores(of: ids)
    }
  }

  @discardableResult
  package func removeClientNotBefores(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int
  {
    try await times.time("remove_client_not_befores") { () async throws(StoreError) in
      try await base.removeClientNotBefores(madeBefore: time, limit: limit)
    }
  }

  package func serverState() async throws(StoreError) -> ServerState? {
    try await times.time("read_server_state") { () async throws(StoreError) in
      try await base.serverState()
    }
  }

  package func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool {
    try await times.time("initialise") { () async throws(StoreError) in
      try await base.initialise(initial, audit: audit)
    }
  }

  package func setTokensNotBefore(
    _ time: Timestamp,
    mayGoBack: Bool,
    audit: AuditEvent
  ) async throws(StoreError) {
    try await times.time("set_tokens_not_before") { () async throws(StoreError) in
      try await base.setTokensNotBefore(time, mayGoBack: mayGoBack, audit: audit)
    }
  }

  package func auditRecords(
    before: Int64?,
    subject: String?,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await times.time("read_audit_records") { () async throws(StoreError) in
      try await base.auditRecords(before: before, subject: subject, limit: limit)
    }
  }

  package func recordedClients(named name: String) async throws(StoreError) -> [ClientID] {
    try await times.time("read_recorded_clients") { () async throws(StoreError) in
      try await base.recordedClients(named: name)
    }
  }

  package func auditRecords(
    of chain: AuditChain?,
    after number: Int64,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord] {
    try await times.time("read_audit_chain") { () async throws(StoreError) in
      try await base.auditRecords(of: chain, after: number, limit: limit)
    }
  }

  package func auditRecordCount(
    of actions: Set<AuditEvent.Action>,
    after number: Int64
  ) async throws(StoreError) -> Int {
    try await times.time("count_audit_records") { () async throws(StoreError) in
      try await base.auditRecordCount(of: actions, after: number)
    }
  }

  package func auditMarks() async throws(StoreError) -> [AuditMark] {
    try await times.time("read_audit_marks") { () async throws(StoreError) in
      try await base.auditMarks()
    }
  }

  package func setAuditMark(_ mark: AuditMark, ifMasterKey checks: [[UInt8]]?) async throws(StoreError) {
    try await times.time("set_audit_mark") { () async throws(StoreError) in
      try await base.setAuditMark(mark, ifMasterKey: checks)
    }
  }

  @discardableResult
  package func removeAuditRecords(
    of chain: AuditChain,
    through number: Int64,
    leaving anchor: AuditMark?,
    ifMasterKey checks: [[UInt8]]?
  ) async throws(StoreError) -> Int {
    try await times.time("remove_audit_records") { () async throws(StoreError) in
      try await base.removeAuditRecords(of: chain, through: number, leaving: anchor, ifMasterKey: checks)
    }
  }

  package func latestChange() async throws(StoreError) -> Int64 {
    try await times.time("read_latest_change") { () async throws(StoreError) in
      try await base.latestChange()
    }
  }

  package func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change] {
    try await times.time("read_changes") { () async throws(StoreError) in
      try await base.changes(after: sequence, limit: limit)
    }
  }

  @discardableResult
  package func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await times.time("remove_changes") { () async throws(StoreError) in
      try await base.removeChanges(madeBefore: time, limit: limit)
    }
  }

  package func noteUse(
    of ids: [ClientID],
    at time: Timestamp,
    unlessSince known: Timestamp
  ) async throws(StoreError) {
    try await times.time("note_use") { () async throws(StoreError) in
      try await base.noteUse(of: ids, at: time, unlessSince: known)
    }
  }

  package func clientsByUse(after place: UsedClient?, limit: Int) async throws(StoreError) -> [UsedClient] {
    try await times.time("read_clients_by_use") { () async throws(StoreError) in
      try await base.clientsByUse(after: place, limit: limit)
    }
  }

  package func addSecretUses(_ uses: [SecretUse]) async throws(StoreError) {
    try await times.time("add_secret_uses") { () async throws(StoreError) in
      try await base.addSecretUses(uses)
    }
  }

  package func secretUses(of id: ClientID) async throws(StoreError) -> [SecretUse] {
    try await times.time("read_secret_uses") { () async throws(StoreError) in
      try await base.secretUses(of: id)
    }
  }

  package func lastUses(of ids: [ClientID]) async throws(StoreError) -> [ClientID: Timestamp] {
    try await times.time("read_last_uses") { () async throws(StoreError) in
      try await base.lastUses(of: ids)
    }
  }

  package func addUsage(_ usage: [ClientUsage]) async throws(StoreError) {
    try await times.time("add_usage") { () async throws(StoreError) in
      try await base.addUsage(usage)
    }
  }

  package func usage(
    of id: ClientID?,
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [ClientUsage] {
    try await times.time("read_usage") { () async throws(StoreError) in
      try await base.usage(of: id, in: hours)
    }
  }

  package func usageTotals(
    of ids: [ClientID],
    in hours: Range<UsageHour>
  ) async throws(StoreError) -> [UsageTotal] {
    try await times.time("read_usage_totals") { () async throws(StoreError) in
      try await base.usageTotals(of: ids, in: hours)
    }
  }

  package func firstUsage() async throws(StoreError) -> UsageHour? {
    try await times.time("read_first_usage") { () async throws(StoreError) in
      try await base.firstUsage()
    }
  }

  @discardableResult
  package func removeUsage(before hour: UsageHour, limit: Int) async throws(StoreError) -> Int {
    try await times.time("remove_usage") { () async throws(StoreError) in
      try await base.removeUsage(before: hour, limit: limit)
    }
  }

  package func takeTurn(
    at task: String,
    every interval: Int64,
    as holder: String
  ) async throws(StoreError) -> Bool {
    try await times.time("take_turn") { () async throws(StoreError) in
      try await base.takeTurn(at: task, every: interval, as: holder)
    }
  }

  package func taskRecord(of task: String) async throws(StoreError) -> TaskRecord? {
    try await times.time("read_task_record") { () async throws(StoreError) in
      try await base.taskRecord(of: task)
    }
  }

  package func setTaskRecord(_ record: TaskRecord) async throws(StoreError) -> Bool {
    try await times.time("set_task_record") { () async throws(StoreError) in
      try await base.setTaskRecord(record)
    }
  }

  /// Not timed: it waits for what others do.
  package func waitForChange(
    after sequence: Int64,
    pause: @escaping @Sendable () async -> Void
  ) async throws(StoreError) {
    try await base.waitForChange(after: sequence, pause: pause)
  }

  package func close() async {
    await base.close()
  }
}
