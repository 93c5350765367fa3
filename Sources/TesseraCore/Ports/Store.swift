package import TesseraJOSE

/// Everything that a server must not forget: the one port that a database is an adapter behind.
///
/// What every store promises, and `StoreConformance` tests:
///
/// - **All or nothing.** A mutation takes the event that tells of it. Data, audit row, change row and whatever else
///   follows are committed in one transaction, and are on the disk when the call returns. After an error nothing of it
///   is there.
/// - **Order.** A change never becomes visible after one with a greater number, whichever process made them. Whoever has
///   read the feed up to a number has missed nothing below it. Where numbers are drawn before they are committed, as
///   from a sequence in PostgreSQL, a lock is taken first and kept until the commit.
/// - **A store decides nothing.** In the transaction it reads what a function of `Mutation` asks for, and writes what
///   that returns. What it has read stays true until the commit. `TransactionalStore` does this for a store.
/// - **Audit.** A record is numbered after all others and holds a hash over itself and the record before it in its chain
///   (`AuditRecord`), in the order of the commits.
/// - **Errors.** `notFound`, `conflict` and `invalid` come from `Mutation` and from who called. All else is
///   `unavailable`: an outage, a full disk, a row that cannot be read, a call that was cancelled, a store that is closed.
///   A store that could not look never says that there is nothing.
/// - **Fairness.** What waits to be written is taken in turn by client, so that one that writes without end delays no
///   other.
/// - **Threads.** No call blocks a thread of the cooperative pool.
/// - **Single use.** Of all claims of one digest exactly one is the first, whichever processes make them: see
///   `ReplayStore`.
/// - **Forgetting.** What has expired goes by whole periods (`ExpiryPeriods`), and never before it is asked for.
package protocol Store: ReplayStore {
  // MARK: Clients

  /// The client with this identifier; nil when there is none.
  func client(_ id: ClientID) async throws(StoreError) -> Client?

  /// The clients with this name in the order of their identifiers: those whose name has the same `Name.key`.
  ///
  /// There is more than one only where they were registered before names were compared by it.
  func clients(named name: String) async throws(StoreError) -> [Client]

  /// At most `limit` clients in the order of their identifiers, those after `id` when it is given.
  func clients(after id: ClientID?, limit: Int) async throws(StoreError) -> [Client]

  /// When the next secret of any client expires after this time; nil when none does.
  func nextSecretExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp?

  /// When the next key or certificate of any client expires after this time; nil when none does.
  func nextKeyExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp?

  /// At most `limit` of the secrets, keys and certificates of clients that expire at this time or before it, those after
  /// `place`, in the order of their places.
  func expiringCredentials(
    after place: ExpiringCredential.Place,
    through time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> [ExpiringCredential]

  /// Adds a client: `Mutation.inserting`.
  func insertClient(_ client: Client, audit: AuditEvent) async throws(StoreError)

  /// Reads a client, lets `change` alter it and writes it: `Mutation.updating`. What `change` throws is thrown.
  @discardableResult
  func updateClient(
    _ id: ClientID,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout Client) throws(StoreError) -> Void
  ) async throws(StoreError) -> Client

  /// Removes a client and its secrets, if it has this version where one is given: `Mutation.deleting`.
  func deleteClient(_ id: ClientID, ifVersion version: Int?, audit: AuditEvent) async throws(StoreError)

  // MARK: Scopes and resources, retired ones too

  /// All scopes by name.
  func scopes() async throws(StoreError) -> [ScopeDefinition]

  /// Adds a scope: `Mutation.inserting`.
  func insertScope(_ definition: ScopeDefinition, audit: AuditEvent) async throws(StoreError)

  /// Marks a scope as retired: `Mutation.retiring`. With `revokingTokens` also `Mutation.revokingTokens` for each client
  /// that may ask for it, by identifier.
  func retireScope(
    _ scope: Scope,
    at time: Timestamp,
    revokingTokens: Bool,
    audit: AuditEvent
  ) async throws(StoreError)

  /// All resources by URI.
  func resources() async throws(StoreError) -> [ResourceDefinition]

  /// Adds a resource, and the key that it needs: `Mutation.inserting`.
  func insertResource(
    _ definition: ResourceDefinition,
    with key: KeyChange?,
    audit: AuditEvent
  ) async throws(StoreError)

  /// Reads a resource, lets `change` alter it and writes it: `Mutation.updating`. What `change` throws is thrown. With
  /// `revokingTokens` also `Mutation.revokingTokens` for each client that may ask for a scope of it, by identifier.
  @discardableResult
  func updateResource(
    _ resource: Resource,
    with key: KeyChange?,
    revokingTokens: Bool,
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ResourceDefinition) throws(StoreError) -> Void
  ) async throws(StoreError) -> ResourceDefinition

  // MARK: Several things at once

  /// Makes the changes of a set in its order, all or none, each with its event: what `Mutation` says of each. Names of
  /// clients are compared as they are after all of it. Throws `conflict` when anything is not what the set was decided by.
  func apply(_ changes: ChangeSet) async throws(StoreError)

  // MARK: Keys, wrapped by the master key

  /// All keys by number.
  func keys() async throws(StoreError) -> [WrappedKey]

  /// Makes these changes in this order, all or none: `Mutation.changingKeys`. Of several processes that rotate at once
  /// exactly one succeeds.
  func changeKeys(_ changes: [KeyChange]) async throws(StoreError)

  /// Reads all that the master key protects, lets `change` protect it by another and writes it: `Mutation.rewrapping`. What
  /// `change` throws is thrown.
  func rewrapKeys(
    audit: AuditEvent,
    _ change: @escaping @Sendable (inout ProtectedKeys) throws(StoreError) -> Void
  ) async throws(StoreError)

  // MARK: What is revoked

  /// At most `limit` revocations after this sequence number, in the order of the feed.
  func revocations(after sequence: Int64, limit: Int) async throws(StoreError) -> [RevocationRecord]

  /// The revocation of this token; nil when it is not revoked by itself.
  func revocation(of token: TokenID) async throws(StoreError) -> RevocationRecord?

  /// Records a revocation: `Mutation.revoking`. Doing it again changes nothing and is not an error.
  func insertRevocation(
    _ revocation: Revocation,
    limit: RevocationLimit,
    audit: AuditEvent
  ) async throws(StoreError) -> RevocationOutcome

  /// Forgets the revocations of tokens that expired in a period that was over at this time, and returns how many they
  /// were.
  @discardableResult
  func removeRevocations(expiredBefore time: Timestamp) async throws(StoreError) -> Int

  /// Which clients have tokens that are inactive by the time they were issued at, decided at this time or after it, in
  /// the order of the feed.
  func clientNotBefores(madeSince time: Timestamp) async throws(StoreError) -> [ClientNotBefore]

  /// The same of these clients, in one question; those of which there is nothing are left out.
  func clientNotBefores(of ids: [ClientID]) async throws(StoreError) -> [ClientNotBefore]

  /// Forgets at most `limit` of what was decided before this time and returns how much it was.
  @discardableResult
  func removeClientNotBefores(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int

  // MARK: What expires

  /// Forgets the claims that expired in a period that was over at this time.
  func removeClaims(expiredBefore time: Timestamp) async throws(StoreError)

  /// Makes room for what expires in the periods from this time on, in a store that has a place for each.
  ///
  /// Without it there is room as well, so that nothing is refused because this was late or a clock was wrong; what is
  /// there then moves when this is called.
  func makePeriods(from time: Timestamp) async throws(StoreError)

  // MARK: The whole server

  /// Facts about the server; nil while the store has not been initialised.
  func serverState() async throws(StoreError) -> ServerState?

  /// Writes the first state, resources, scopes and keys: `Mutation.initialising`. Does nothing and returns false when that
  /// was done already, so that of several first starts at once exactly one counts.
  func initialise(_ initial: InitialState, audit: AuditEvent) async throws(StoreError) -> Bool

  /// Makes all tokens that were issued before this time inactive: `Mutation.settingTokensNotBefore`. A later time that is
  /// set stays, unless `mayGoBack`: for a clock that was ahead, once no token of before can be read any more.
  func setTokensNotBefore(_ time: Timestamp, mayGoBack: Bool, audit: AuditEvent) async throws(StoreError)

  // MARK: The audit log

  /// At most `limit` records, the newest first: those before the one numbered `before` when it is given, and only those
  /// about `subject` when it is given.
  func auditRecords(before: Int64?, subject: String?, limit: Int) async throws(StoreError) -> [AuditRecord]

  /// The clients of which it is recorded that they had this name, see `AuditEvent.clientName`, each once, the one
  /// recorded last first. They may be gone, or have another name by now.
  func recordedClients(named name: String) async throws(StoreError) -> [ClientID]

  /// At most `limit` records after the one with this number, in their order: of one chain, or of all when it is nil.
  func auditRecords(
    of chain: AuditChain?,
    after number: Int64,
    limit: Int
  ) async throws(StoreError) -> [AuditRecord]

  /// How many records of these actions there are after the one with this number.
  func auditRecordCount(
    of actions: Set<AuditEvent.Action>,
    after number: Int64
  ) async throws(StoreError) -> Int

  /// What is signed about the audit log.
  func auditMarks() async throws(StoreError) -> [AuditMark]

  /// Puts a mark in the place of the one of its name; throws `conflict` when the master key of the store has none of these
  /// check values, where they are given.
  func setAuditMark(_ mark: AuditMark, ifMasterKey checks: [[UInt8]]?) async throws(StoreError)

  /// Forgets the records of a chain up to this one, and returns how many they were. What is left of the chain begins
  /// after `anchor`, which is nil for records that are in no chain. Throws `conflict` as `setAuditMark` does.
  @discardableResult
  func removeAuditRecords(
    of chain: AuditChain,
    through number: Int64,
    leaving anchor: AuditMark?,
    ifMasterKey checks: [[UInt8]]?
  ) async throws(StoreError) -> Int

  // MARK: The feed of changes

  /// The number of the newest change, 0 when there is none.
  func latestChange() async throws(StoreError) -> Int64

  /// At most `limit` changes after this number, in order.
  func changes(after sequence: Int64, limit: Int) async throws(StoreError) -> [Change]

  /// Returns when the newest change is another than this one, or the task is cancelled.
  ///
  /// Each time that the store has said that it is the same, `pause` is awaited before it is asked again. A store that is
  /// told of changes need not wait for its end.
  func waitForChange(
    after sequence: Int64,
    pause: @escaping @Sendable () async -> Void
  ) async throws(StoreError)

  /// Forgets at most `limit` of the changes that were made before this time and returns how many they were. The newest
  /// change always stays.
  @discardableResult
  func removeChanges(madeBefore time: Timestamp, limit: Int) async throws(StoreError) -> Int

  // MARK: When clients were used

  /// Notes that these clients were used at this time: those that are there, and of which no use since `known` is noted.
  /// It tells nobody: there is no audit row and no change row.
  func noteUse(of ids: [ClientID], at time: Timestamp, unlessSince known: Timestamp) async throws(StoreError)

  /// At most `limit` of the clients of which a use is noted, the one used last first and, of those used at one time, the
  /// one with the greatest identifier; those that come after `place` when it is given.
  func clientsByUse(after place: UsedClient?, limit: Int) async throws(StoreError) -> [UsedClient]

  /// Adds these to what is noted of the secrets, as far as those are there: `SecretUse.adding`. It tells nobody, as
  /// `noteUse` does not.
  func addSecretUses(_ uses: [SecretUse]) async throws(StoreError)

  /// What is noted of the secrets that a client has, by name.
  func secretUses(of id: ClientID) async throws(StoreError) -> [SecretUse]

  /// When these clients were used last, as far as that is noted.
  func lastUses(of ids: [ClientID]) async throws(StoreError) -> [ClientID: Timestamp]

  // MARK: What token requests came to, by client and hour

  /// Adds these to what is counted, in one transaction. It tells nobody, and keeps no client that is there or gone from
  /// being counted.
  func addUsage(_ usage: [ClientUsage]) async throws(StoreError)

  /// What is counted of a client in these hours, in their order; of all together for nil. Hours of which nothing is are left
  /// out.
  func usage(of id: ClientID?, in hours: Range<UsageHour>) async throws(StoreError) -> [ClientUsage]

  /// What these clients come to in these hours, in the order of their identifiers; those of which nothing is counted are left
  /// out.
  func usageTotals(of ids: [ClientID], in hours: Range<UsageHour>) async throws(StoreError) -> [UsageTotal]

  /// The first hour of which anything is counted; nil when nothing is.
  func firstUsage() async throws(StoreError) -> UsageHour?

  /// Forgets at most `limit` of the numbers of hours before this one and returns how many they were.
  @discardableResult
  func removeUsage(before hour: UsageHour, limit: Int) async throws(StoreError) -> Int

  // MARK: What one process does for all

  /// Whether whoever asks is to do this task now: when nobody was told so for as long as `interval`, in milliseconds by
  /// the clock of the store. Of several who ask at once, one is. `holder` says who it is, for people.
  func takeTurn(at task: String, every interval: Int64, as holder: String) async throws(StoreError) -> Bool

  /// What is kept of a task; nil when nothing is.
  func taskRecord(of task: String) async throws(StoreError) -> TaskRecord?

  /// Puts this in the place of the record of the task whose version is the one before, and of none for version 1: whether
  /// it was there to be replaced. Of several who replace the same, one does. It tells nobody, as `noteUse` does not.
  func setTaskRecord(_ record: TaskRecord) async throws(StoreError) -> Bool

  // MARK: Closing

  /// Ends the calls that are under way and gives back files and connections. Later calls throw `unavailable`.
  func close() async
}

extension Store {
  /// Looks at all clients: for a store that cannot ask for less.
  package func nextSecretExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await nextExpiry(after: time) { $0.secrets.compactMap(\.expiresAt) }
  }

  /// Looks at all clients: for a store that cannot ask for less.
  package func nextKeyExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await nextExpiry(after: time) { $0.keyMetadata.keys.compactMap(\.expiresAt) }
  }

  private func nextExpiry(
    after time: Timestamp,
    of times: (Client) -> [Timestamp]
  ) async throws(StoreError) -> Timestamp? {
    let pageSize = 1000
    var next: Timestamp?
    var last: ClientID?
    while true {
      let page = try await clients(after: last, limit: pageSize)
      let later = page.flatMap(times).filter { $0 > time }
      next = (later + [next].compactMap { $0 }).min()
      guard page.count == pageSize else { return next }
      last = page.last?.id
    }
  }

  /// Looks at all clients: for a store that cannot ask for less.
  package func expiringCredentials(
    after place: ExpiringCredential.Place,
    through time: Timestamp,
    limit: Int
  ) async throws(StoreError) -> [ExpiringCredential] {
    let pageSize = 1000
    var found: [ExpiringCredential] = []
    var last: ClientID?
    while true {
      let page = try await clients(after: last, limit: pageSize)
      let expiring = page.flatMap(\.expiringCredentials).filter { $0.place > place && $0.expiresAt <= time }
      found = Array((found + expiring).sorted { $0.place < $1.place }.prefix(max(0, limit)))
      guard page.count == pageSize else { return found }
      last = page.last?.id
    }
  }

  /// Looks at all records: for a store that cannot count them.
  package func auditRecordCount(
    of actions: Set<AuditEvent.Action>,
    after number: Int64
  ) async throws(StoreError) -> Int {
    let pageSize = 1000
    var (count, last) = (0, number)
    while true {
      let page = try await auditRecords(of: nil, after: last, limit: pageSize)
      count += page.count { actions.contains($0.event.action) }
      guard page.count == pageSize else { return count }
      last = page.last?.number ?? .max
    }
  }

  /// Asks again and again: for a store that nobody tells of changes.
  package func waitForChange(
    after sequence: Int64,
    pause: @escaping @Sendable () async -> Void
  ) async throws(StoreError) {
    while !Task.isCancelled {
      do throws(StoreError) {
        guard try await latestChange() == sequence else { return }
      } catch {
        if Task.isCancelled { return }
        throw error
      }
      await pause()
    }
  }
}

/// Why a store could not do what it was asked.
///
/// The texts are for operators, never for the wire.
package enum StoreError: Error, Sendable, Equatable {
  /// Nothing has this identifier or name.
  case notFound(String)
  /// The change would break a rule, such as a unique name.
  case conflict(String)
  /// The change is based on one version, and another is the current one.
  case versionMismatch(given: Int, current: Int)
  /// The change was refused by the operation that asked for it.
  case invalid(String)
  /// The store cannot answer now; the same call may succeed later.
  case unavailable(String)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound(let text), .conflict(let text), .invalid(let text), .unavailable(let text): text
    case .versionMismatch(let given, let current): "The version is \(current), not \(given)"
    }
  }
}
