package import Logging
import Synchronization
package import TesseraSupport

/// What this process knows of clients, scopes, keys and revocations, so that a request needs no store.
///
/// Clients are read on first use and kept; scopes, keys and revocations are read at the start. The feed of
/// changes (`follow`) drops or renews what changed. A directory that has not heard from the store for longer
/// than `Settings.maximumStaleness` answers 503, never a guess.
package final class Directory: Sendable {
  /// How much is kept for how long.
  package struct Settings: Sendable {
    /// After how many seconds without word from the store the directory stops answering.
    package var maximumStaleness: Int
    /// How often the feed is asked, in milliseconds.
    package var pollInterval: Int
    /// The most clients kept.
    package var maximumClients: Int
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
      longestTokenLifetime: Int = TokenLifetime().longest,
      revocationLimit: RevocationLimit = RevocationLimit()
    ) {
      self.maximumStaleness = maximumStaleness
      self.pollInterval = pollInterval
      self.maximumClients = maximumClients
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
    var unknownClients = GenerationalCache<ClientID, CachedClient>(capacity: Directory.maximumUnknownClients)
    /// The scopes of clients, each combination once, since many clients have the same.
    var scopeSets: Set<ScopeSet> = []
    var facts: DirectoryFacts
    /// The tokens that are revoked, and the clients that have tokens which are inactive.
    var feed = RevocationFeed()
    /// By which time what has expired is forgotten.
    var forgetting: ForgettingClock
    /// The last change that was taken in.
    var sequence: Int64
    /// Counts what was taken in, so that a read that began before a change is not kept after it.
    var epoch = 0
    /// When the store last answered, in monotonic milliseconds.
    var lastHeard: Int64

    /// Whether it is in memory who has this ID, or that nobody has.
    mutating func isKnown(_ id: ClientID) -> Bool {
      clients.value(for: id) != nil || unknownClients.value(for: id) != nil
    }

    /// Puts a client into memory.
    mutating func keep(_ client: Client) {
      var client = client
      if scopeSets.count >= Directory.maximumScopeSets { scopeSets = [] }
      client.scopes = scopeSets.insert(client.scopes).memberAfterInsert
      clients.insert(CachedClient(client), for: client.id)
    }
  }

  static let maximumUnknownClients = 20_000
  static let maximumScopeSets = 1_000

  let store: any Store
  let masterKey: MasterKey
  package let settings: Settings
  let clock: WallClock
  let monotonicClock: MonotonicClock
  let logger: Logger
  let state: Mutex<State>
  /// The reads of clients that are under way.
  private let reads = Mutex<[ClientID: Task<OAuthError?, Never>]>([:])

  /// Reads what has to be there before the first request.
  ///
  /// Throws when the store cannot answer, is not initialised or belongs to another master key.
  ///
  /// The store is an existential because it is asked on a miss only, and a type parameter here would be one
  /// on every endpoint.
  package init(
    store: any Store,
    masterKey: MasterKey,
    settings: Settings = Settings(),
    clock: WallClock = .system,
    monotonicClock: MonotonicClock = .system,
    logger: Logger
  ) async throws(StoreError) {
    self.store = store
    self.masterKey = masterKey
    self.settings = settings
    self.clock = clock
    self.monotonicClock = monotonicClock
    self.logger = logger
    let heard = monotonicClock.milliseconds
    let sequence = try await store.latestChange()
    let facts = try await Directory.readFacts(from: store, masterKey: masterKey)
    // What was written last tells more about the time than a clock that may be wrong since the machine was started.
    let newest = try await store.auditRecords(before: nil, subject: nil, limit: 1).first?.event.time
    let now = clock.now
    state = Mutex(
      State(
        clients: GenerationalCache(capacity: settings.maximumClients),
        facts: facts,
        forgetting: ForgettingClock(at: min(now, newest ?? now), monotonic: heard),
        sequence: sequence,
        lastHeard: heard
      )
    )
    try await readRevocations(through: sequence)
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
  package func facts() throws(Interruption) -> DirectoryFacts {
    try fresh { $0.facts }
  }

  /// What is in memory, unless the store has not answered for too long.
  func fresh<Value>(_ read: (inout sending State) -> sending Value) throws(Interruption) -> Value {
    let now = monotonicClock.milliseconds
    let value = state.withLock { state in
      now - state.lastHeard > Int64(settings.maximumStaleness) * 1000 ? nil : read(&state)
    }
    guard let value else {
      throw .refused(.temporarilyUnavailable("the store has not answered for too long"))
    }
    return value
  }

  /// Reads a client into memory: once, however many wait for it.
  ///
  /// In a task of its own, so that a caller that is cancelled ends it for nobody else.
  func loadClient(_ id: ClientID) async throws(OAuthError) {
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
    return .temporarilyUnavailable("the directory changed faster than a client could be read")
  }
}
