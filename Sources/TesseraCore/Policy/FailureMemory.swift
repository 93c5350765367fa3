/// The memory of failures and successes, and the delays that follow from it.
///
/// A state machine without a clock or a lock. What it keeps is bounded, and so is what one network can push out of
/// it: neither a network nor made-up client IDs reach the budgets of clients, nor the sources that are known.
struct FailureMemory {
  /// What is counted at a source: one client ID, or all the rest where there are too many.
  private enum Key: Hashable {
    case pair(Pair)
    case rest(ArraySlice<UInt8>)
  }

  /// A client ID, and an address or a network that it was tried from.
  private struct Pair: Hashable {
    let clientID: ClientID?
    let network: ArraySlice<UInt8>
  }

  /// The most pairs, and the most networks, that are remembered.
  ///
  /// Of more, those longest untouched are forgotten.
  private static let capacity = 50_000
  /// The most client IDs that are counted apart of one source, and of one network.
  ///
  /// Without it a source could push its own failures out of the memory by failing with others.
  private static let pairsPerSource = 1000
  private static let pairsPerNetwork = 4000
  /// All strangers together may fail with a client as if they were so many sources.
  private static let sourcesPerClient: Int64 = 16
  /// Failures of a source are forgotten after this many milliseconds.
  static let memory: Int64 = 900_000

  private var delays: FailureDelays<Key>
  private var networks: FailureAllowances<Pair>
  private var clients: FailureAllowances<ClientID>
  private var crowds = GenerationalCache<ArraySlice<UInt8>, Crowd>(capacity: FailureMemory.capacity)
  private var known = KnownSources()
  /// For how long after a failure there is anything to look up, in milliseconds.
  let span: Int64

  init(_ settings: FailureLimiter.Settings) {
    delays = FailureDelays(settings, memory: FailureMemory.memory, capacity: FailureMemory.capacity)
    networks = FailureAllowances(settings, capacity: FailureMemory.capacity)
    clients = FailureAllowances(settings, capacity: FailureMemory.capacity)
    span = max(FailureMemory.memory, 2000 * Int64(settings.longestDelay))
  }

  /// Milliseconds until an attempt is looked at; 0 when it is looked at now.
  mutating func wait(for attempt: FailureLimiter.Attempt, at now: Int64) -> Int64 {
    let acquaintance = known.acquaintance(of: attempt.source, with: attempt.clientID)
    var wait = delays.wait(for: key(for: attempt, acquaintance, at: now), at: now)
    guard acquaintance == .stranger else { return wait }
    attempt.source.forEachSharedNetwork { prefix, sources in
      let pair = Pair(clientID: attempt.clientID, network: prefix)
      wait = max(wait, networks.wait(for: pair, worth: sources, at: now))
    }
    if attempt.isGuessable, let id = attempt.clientID {
      wait = max(wait, clients.wait(for: id, worth: FailureMemory.sourcesPerClient, at: now))
    }
    return wait
  }

  /// Counts a failure: of the source, and of a stranger for its networks and for the client too.
  mutating func add(_ attempt: FailureLimiter.Attempt, at now: Int64) {
    let acquaintance = known.acquaintance(of: attempt.source, with: attempt.clientID)
    let key = key(for: attempt, acquaintance, at: now)
    if case .pair = key, acquaintance != .known, !delays.knows(key) { countPair(of: attempt.source, at: now) }
    delays.add(key, at: now)
    guard acquaintance == .stranger else { return }
    if case .pair = key {
      attempt.source.forEachSharedNetwork { prefix, sources in
        networks.spend(Pair(clientID: attempt.clientID, network: prefix), worth: sources, at: now)
      }
    }
    if attempt.isGuessable, let id = attempt.clientID {
      clients.spend(id, worth: FailureMemory.sourcesPerClient, at: now)
    }
  }

  /// Undoes what `add` did beyond the source itself.
  mutating func takeBack(_ attempt: FailureLimiter.Attempt) {
    guard known.acquaintance(of: attempt.source, with: attempt.clientID) == .stranger else { return }
    attempt.source.forEachSharedNetwork { prefix, sources in
      networks.giveBack(Pair(clientID: attempt.clientID, network: prefix), worth: sources)
    }
    if attempt.isGuessable, let id = attempt.clientID {
      clients.giveBack(id, worth: FailureMemory.sourcesPerClient)
    }
  }

  /// Forgets the failures of the source, which is known from now on.
  mutating func succeed(_ attempt: FailureLimiter.Attempt) {
    if !delays.isEmpty {
      delays.forget(.pair(Pair(clientID: attempt.clientID, network: attempt.source.limitKey)))
      delays.forget(.pair(Pair(clientID: attempt.clientID, network: attempt.source.bytes[...])))
    }
    if let id = attempt.clientID { known.remember(attempt.source, of: id) }
  }

  /// A known address is counted by itself, lest its neighbours hold it up; any other with its /64.
  private mutating func key(
    for attempt: FailureLimiter.Attempt,
    _ acquaintance: KnownSources.Acquaintance,
    at now: Int64
  ) -> Key {
    let source = attempt.source
    let counted = acquaintance == .known ? source.bytes[...] : source.limitKey
    let pair = Key.pair(Pair(clientID: attempt.clientID, network: counted))
    guard acquaintance != .known, !crowds.isEmpty, !delays.knows(pair) else { return pair }
    if isCrowded(source.limitKey, FailureMemory.pairsPerSource, at: now) { return .rest(source.limitKey) }
    if isCrowded(source.widestNetwork, FailureMemory.pairsPerNetwork, at: now) {
      return .rest(source.widestNetwork)
    }
    return pair
  }

  private mutating func isCrowded(_ network: ArraySlice<UInt8>, _ most: Int, at now: Int64) -> Bool {
    guard let crowd = crowds.value(for: network) else { return false }
    return crowd.pairs >= most && now - crowd.since <= FailureMemory.memory
  }

  private mutating func countPair(of source: SourceAddress, at now: Int64) {
    // A peer without an address has only one of them.
    for network in Set([source.limitKey, source.widestNetwork]) {
      var crowd = crowds.value(for: network) ?? Crowd(since: now)
      if now - crowd.since > FailureMemory.memory { crowd = Crowd(since: now) }
      crowd.pairs += 1
      crowds.insert(crowd, for: network)
    }
  }
}

/// How many client IDs a source or a network has failed with since then.
private struct Crowd {
  var pairs = 0
  var since: Int64
}
