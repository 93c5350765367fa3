package import Logging
import Synchronization
import TesseraJOSE
package import TesseraSupport

/// This process's replica of clients, scopes, keys and revocations, so that a request needs no store.
///
/// Clients are read on first use and kept, some ahead of it (`begin`); scopes, keys and revocations are read at the start.
/// The feed of changes (`follow`) drops or renews what changed. A replica that has not heard from the store for longer than
/// `Settings.maximumStaleness`, or not at all yet, answers 503, never a guess.
package final class Replica: Sendable {
  /// How much is kept for how long.
  package struct Settings: Sendable {
    /// After how many seconds without word from the store the replica stops answering.
    package var maximumStaleness: Int
    /// How often the feed is asked, in milliseconds.
    package var pollInterval: Int
    /// The most clients kept.
    package var maximumClients: Int
    /// How many clients are read at the start, those that were used last.
    package var warmClients: Int
    /// How long a token can live, in seconds: for so long revocations matter.
    ///
    /// They are remembered for as long again, lest a clock that was set forward and back revives a token.
    package var longestTokenLifetime: Int
    /// How many revoked tokens are remembered one by one.
    package var revocationLimit: RevocationLimit

    package init(
      maximumStaleness: Int = 600,
      pollInterval: Int = 250,
      maximumClients: Int = 1_000_000,
      warmClients: Int = 100_000,
      longestTokenLifetime: Int = TokenLifetime().longest,
      revocationLimit: RevocationLimit = RevocationLimit()
    ) {
      self.maximumStaleness = maximumStaleness
      self.pollInterval = pollInterval
      self.maximumClients = maximumClients
      self.warmClients = warmClients
      self.longestTokenLifetime = longestTokenLifetime
      self.revocationLimit = revocationLimit
    }
  }

  struct State {
    var clients: GenerationalCache<ClientID, CachedClient>
    /// IDs that nobody has, and what stands for their clients where a secret is looked for.
    ///
    /// Apart from the clients, so that guessing IDs pushes no client out. Each has its own, so that looking at it
    /// takes as long as looking at a client.
    var unknownClients = GenerationalCache<ClientID, CachedClient>(capacity: Replica.maximumUnknownClients)
    /// What counts the requests of clients that have changed and were not read again yet.
    var meters = GenerationalCache<ClientID, QuotaMeter>(capacity: Replica.maximumMeters)
    /// The scopes of clients, each combination once, since many clients have the same.
    var scopeSets: Set<ScopeSet> = []
    /// Nil before everything that has to be there was read.
    var facts: ReplicaFacts?
    /// The tokens that are revoked, and the clients that have tokens which are inactive.
    var feed = RevocationFeed()
    /// By which time what has expired is forgotten.
    var forgetting: ForgettingClock
    /// The last change that was applied.
    var sequence: Int64 = 0
    /// The number of changes applied, so that a read that began before a change is not kept after it.
    var epoch = 0

    /// Whether it is in memory who has this ID, or that nobody has.
    mutating func isKnown(_ id: ClientID) -> Bool {
      clients.value(for: id) != nil || unknownClients.value(for: id) != nil
    }

    /// Puts a client into memory.
    mutating func keep(_ client: Client, lastUsed: Timestamp? = nil) {
      var client = client
      if scopeSets.count >= Replica.maximumScopeSets { scopeSets = [] }
      client.scopes = scopeSets.insert(client.scopes).memberAfterInsert
      let meter = client.quota.flatMap { _ in meters.value(for: client.id) }
      clients.insert(CachedClient(client, lastUsed: lastUsed, meter: meter), for: client.id)
      meters.remove(client.id)
    }

    /// Takes a client out of memory that has changed.
    mutating func drop(_ id: ClientID) {
      if let meter = clients.value(for: id)?.meter { meters.insert(meter, for: id) }
      clients.remove(id)
      unknownClients.remove(id)
    }
  }

  /// A reader, as long as its loop has it, and what it has noted, which is told in any case.
  struct Reader {
    let notes: ClientNotes
    weak var reader: ReplicaReader?
  }

  static let maximumUnknownClients = 20_000
  static let maximumMeters = 20_000
  static let maximumScopeSets = 1_000
  static let maximumWaiting = 2_048

  /// The store, once it was reached.
  ///
  /// An existential because it is asked on a miss only, and a type parameter here would be one on every endpoint.
  private let reached = SharedLock<(any Store)?>(nil)
  let masterKeys: MasterKeys
  package let settings: Settings
  let clock: WallClock
  let monotonicClock: MonotonicClock
  let logger: Logger
  let state: SharedLock<State>
  /// What event loops compare theirs with.
  let version = ReplicaVersion()
  let noteRoom: ClientNotes.Room
  /// How clients were used, as far as it was noted here, and by each reader.
  let notes: ClientNotes
  let readers = SharedLock<[Reader]>([])
  /// What could not be told to the store of the use of secrets, by client and name of the secret.
  let untoldSecretUses = SharedLock<[[String]: SecretUse]>([:])
  /// What is to be kept of secrets from now on that another service had hashed.
  let secretReplacements = SharedLock<[SecretReplacement]>([])
  /// What could not be told to the store of token requests, and what there was no room for.
  let untoldUsage = SharedLock(UntoldUsage())
  /// The reads of clients that are under way.
  private let reads = SharedLock<[ClientID: Task<OAuthError?, Never>]>([:])
  /// Who waits for them: a client that many ask for at once keeps nobody else's from being read.
  private let waiting = WaitingRoom<ClientID>(capacity: Replica.maximumWaiting)

  /// A replica that knows nothing yet, and answers 503.
  package init(
    masterKeys: MasterKeys,
    settings: Settings = Settings(),
    clock: WallClock = .system,
    monotonicClock: MonotonicClock = .system,
    logger: Logger
  ) {
    self.masterKeys = masterKeys
    self.settings = settings
    self.clock = clock
    self.monotonicClock = monotonicClock
    self.logger = logger
    noteRoom = ClientNotes.Room(limit: settings.maximumClients)
    notes = ClientNotes(noteRoom)
    state = SharedLock(
      State(
        clients: GenerationalCache(capacity: settings.maximumClients),
        forgetting: ForgettingClock(at: clock.now, monotonic: monotonicClock.milliseconds)
      )
    )
  }

  /// A replica of a store, as `begin` makes it, with no clients yet.
  package convenience init(
    store: any Store,
    masterKey: MasterKey,
    settings: Settings = Settings(),
    clock: WallClock = .system,
    monotonicClock: MonotonicClock = .system,
    logger: Logger
  ) async throws(StoreError) {
    var settings = settings
    settings.warmClients = 0
    self.init(
      masterKeys: MasterKeys(masterKey),
      settings: settings,
      clock: clock,
      monotonicClock: monotonicClock,
      logger: logger
    )
    try await begin(on: store)
  }

  /// Reads what has to be there before the first answer, and answers from then on.
  ///
  /// Throws when the store cannot answer, is not initialised or belongs to another master key; then it may be called
  /// again.
  package func begin(on store: any Store) async throws(StoreError) {
    reached.withLock { $0 = store }
    // Whatever changes while the rest is read comes after this in the feed.
    let sequence = try await store.latestChange()
    let facts = try await readFacts(from: store)
    // What was written last tells more about the time than a clock that may be wrong since the machine was started.
    let newest = try await store.auditRecords(before: nil, subject: nil, limit: 1).first?.event.time
    let now = clock.now
    state.withLock { state in
      // Nothing of an attempt that failed.
      state = State(
        clients: GenerationalCache(capacity: settings.maximumClients),
        forgetting: ForgettingClock(at: min(now, newest ?? now), monotonic: monotonicClock.milliseconds),
        sequence: sequence,
        epoch: state.epoch + 1
      )
      version.forgetHeard()
      version.advance()
    }
    try await readRevocations(through: sequence)
    await readClientsByUse(from: store)
    try await catchUp()
    // Last, so that nothing is answered before.
    state.withLock { state in
      state.facts = state.facts ?? facts
      version.advance()
    }
  }

  /// The store; throws before it was reached.
  var store: any Store {
    get throws(StoreError) {
      guard let store = reached.withLock({ $0 }) else {
        throw .unavailable("The store was not reached yet")
      }
      return store
    }
  }

  /// The client with this ID; nil when there is none.
  ///
  /// Interrupts for the store when it is not known yet.
  package func client(_ id: ClientID) throws(Interruption) -> CachedClient? {
    let (known, decoy) = try candidates(id)
    if let known { return known }
    if decoy != nil { return nil }
    throw .awaiting { () async throws(OAuthError) in try await self.loadClient(id) }
  }

  /// The client with this ID, or what stands for it when there is none.
  func clientOrDecoy(_ id: ClientID?) throws(Interruption) -> (client: CachedClient, isKnown: Bool) {
    guard let id else { return (.decoy, false) }
    let (known, decoy) = try candidates(id)
    if let known { return (known, true) }
    if let decoy { return (decoy, false) }
    throw .awaiting { () async throws(OAuthError) in try await self.loadClient(id) }
  }

  private func candidates(_ id: ClientID) throws(Interruption) -> (known: CachedClient?, decoy: CachedClient?)
  {
    try fresh { state in
      // Both are always asked, so that a client that exists takes as long as one that does not.
      (state.clients.value(for: id), state.unknownClients.value(for: id))
    }
  }

  /// Keys, scopes and server state.
  package func facts() throws(Interruption) -> ReplicaFacts {
    guard let facts = try fresh({ $0.facts }) else { throw Replica.nothingKnown }
    return facts
  }

  /// A reader for one event loop.
  package func reader() -> ReplicaReader {
    let reader = ReplicaReader(of: self)
    readers.withLock { $0.append(Reader(notes: reader.notes, reader: reader)) }
    return reader
  }

  private static let nothingKnown = Interruption.refused(
    .temporarilyUnavailable("the store was not reached yet")
  )

  /// What is in memory, unless the store has not answered for too long.
  func fresh<Value>(_ read: (inout sending State) -> sending Value) throws(Interruption) -> Value {
    try checkFreshness()
    return state.withLock { read(&$0) }
  }

  /// Throws when the store has not answered for too long, or was not read yet.
  func checkFreshness() throws(Interruption) {
    let oldest = monotonicClock.milliseconds - Int64(settings.maximumStaleness) * 1000
    guard version.lastHeard < oldest else { return }
    guard state.withLock({ $0.facts }) != nil else { throw Replica.nothingKnown }
    throw .refused(.temporarilyUnavailable("the store has not answered for too long"))
  }

  /// Reads a client into memory: once, however many wait for it.
  ///
  /// In a task of its own, so that a caller that is cancelled ends it for nobody else.
  func loadClient(_ id: ClientID) async throws(OAuthError) {
    guard waiting.enter(id) else { throw .temporarilyUnavailable("too many requests wait for clients") }
    defer { waiting.leave(id) }
    let read = reads.withLock { reads -> Task<OAuthError?, Never>? in
      if let read = reads[id] { return read }
      // Another read may have ended since it was looked for.
      if state.withLock({ $0.isKnown(id) }) { return nil }
      let read = Task {
        let failure = await readClient(id)
        self.reads.withLock { $0[id] = nil }
        return failure
      }
      reads[id] = read
      return read
    }
    if let failure = await read?.value { throw failure }
  }

  /// What began before a change and ended after it is read again; more than a few in a row do not happen.
  private func readClient(_ id: ClientID) async -> OAuthError? {
    for _ in 0..<5 {
      let epoch = state.withLock { $0.epoch }
      let client: Client?
      do throws(StoreError) {
        client = try await store.client(id)
      } catch {
        return .temporarilyUnavailable(error.description)
      }
      let isKept = state.withLock { state in
        guard state.epoch == epoch else { return false }
        if let client {
          state.keep(client)
        } else {
          state.unknownClients.insert(CachedClient.makeDecoy(), for: id)
        }
        return true
      }
      if isKept { return nil }
    }
    return .temporarilyUnavailable("the replica changed faster than a client could be read")
  }
}
