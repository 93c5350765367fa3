import Synchronization
import TesseraJOSE

/// What was noted of clients since the store was told last: which were used, whose secrets and keys were, and what their
/// token requests came to.
///
/// Each reader of a replica has its own, so that event loops do not wait for each other. Counting is a look at the client's
/// own memory; these are touched once for each client and interval, and for what nobody has made who is known.
final class ClientNotes: Sendable {
  /// How long a use that was noted stands for later ones, in milliseconds.
  static let useResolution: Int64 = 3_600_000

  private struct Notes {
    /// Which clients got a token.
    var used: Set<ClientID> = []
    /// Clients with uses of secrets in their memory, which may have been changed or forgotten since.
    var secretUses: [CachedClient] = []
    /// Clients with counts in their memory, which may have been changed or forgotten since.
    var usage: [CachedClient] = []
    /// Refusals of those whom nobody knows.
    var strangers = UsageTally()
  }

  /// How many clients may be noted of each kind, by all readers of a replica together.
  ///
  /// Written once for each client and interval.
  final class Room: Sendable {
    fileprivate let uses: RoomOfOneKind
    fileprivate let secretUses: RoomOfOneKind
    fileprivate let usage: RoomOfOneKind
    /// What there was no room for under its client.
    fileprivate let overflow = SharedLock<[UsageHour: UsageCounts]>([:])

    init(limit: Int) {
      uses = RoomOfOneKind(limit: limit)
      secretUses = RoomOfOneKind(limit: limit)
      usage = RoomOfOneKind(limit: limit)
    }

    /// For how many hours there are counts under no client.
    var overflowCount: Int { overflow.withLock { $0.count } }

    /// What was counted under no client since the last time.
    func takeOverflow() -> [UsageHour: UsageCounts] {
      overflow.withLock { overflow in
        defer { overflow = [:] }
        return overflow
      }
    }
  }

  private let room: Room
  private let notes = Mutex(Notes())

  init(_ room: Room) {
    self.room = room
  }

  // MARK: Noting

  /// A client got a token: noted once an hour.
  func noteUse(of client: CachedClient, at now: Timestamp) {
    guard client.notesUse(at: now, every: ClientNotes.useResolution) else { return }
    addUse(of: client.client.id)
  }

  private func addUse(of id: ClientID) {
    notes.withLock { notes in
      if room.uses.take(), !notes.used.insert(id).inserted { room.uses.giveBack(1) }
    }
  }

  /// A client was admitted by this secret or key of its own; false where it was last admitted by the same, from the same
  /// address, since the store was told last.
  @discardableResult
  func noteUse(
    of secret: String,
    of client: CachedClient,
    from source: SourceAddress,
    at now: Timestamp
  ) -> Bool {
    switch client.noteUse(of: secret, from: source, at: now) {
    case .repeated: return false
    case .changed: return true
    case .first: break
    }
    let isNoted = notes.withLock { notes in
      guard room.secretUses.take() else { return false }
      notes.secretUses.append(client)
      return true
    }
    // It is lost, and the client comes again with its next use.
    if !isNoted { _ = client.takeSecretUses() }
    return true
  }

  /// A client got a token.
  func noteIssued(_ access: GrantedAccess, to client: CachedClient, at now: Timestamp) {
    let news = client.noteIssued(access, at: now, every: ClientNotes.useResolution)
    if news.isUse { addUse(of: client.client.id) }
    if news.isFirstCount { pend(client) }
  }

  /// A client was refused a token; nil for somebody whom nobody knows.
  func noteDenied(_ code: OAuthError.Code, _ client: CachedClient?, at now: Timestamp) {
    guard let client else {
      notes.withLock { $0.strangers.countDenied(code, at: now) }
      return
    }
    if client.noteDenied(code, at: now) { pend(client) }
  }

  private func pend(_ client: CachedClient) {
    guard !room.usage.take() else { return notes.withLock { $0.usage.append(client) } }
    // The client comes again with its next request.
    let counts = client.takeUsage().counts
    room.overflow.withLock { overflow in
      for (hour, counts) in counts { overflow[hour, default: UsageCounts()].add(counts) }
    }
  }

  // MARK: Telling

  /// The clients that were used.
  var uses: Set<ClientID> { notes.withLock { $0.used } }

  /// How many clients there are counts of.
  var usageCount: Int { notes.withLock { $0.usage.count } }

  /// The clients that were used since the last time.
  func takeUses() -> Set<ClientID> {
    notes.withLock { notes in
      defer { notes.used = [] }
      room.uses.giveBack(notes.used.count)
      return notes.used
    }
  }

  /// Notes again what could not be told.
  func keep(_ uses: some Sequence<ClientID>) {
    for id in uses { addUse(of: id) }
  }

  /// How secrets were used since the last time.
  func takeSecretUses() -> [SecretUse] {
    let clients = notes.withLock { notes in
      defer { notes.secretUses = [] }
      room.secretUses.giveBack(notes.secretUses.count)
      return notes.secretUses
    }
    return clients.flatMap { $0.takeSecretUses() }
  }

  /// What was counted since the last time, by client; nil for what is counted under none.
  func takeUsage(_ take: (ClientID?, UsageHour, UsageCounts) -> Void) {
    let (clients, strangers) = notes.withLock { notes in
      defer { (notes.usage, notes.strangers) = ([], UsageTally()) }
      room.usage.giveBack(notes.usage.count)
      return (notes.usage, notes.strangers)
    }
    for (hour, counts) in strangers.counts { take(nil, hour, counts) }
    for client in clients {
      for (hour, counts) in client.takeUsage().counts { take(client.client.id, hour, counts) }
    }
  }
}

/// Room for so many notes.
private final class RoomOfOneKind: Sendable {
  private let limit: Int
  private let taken = Atomic<Int>(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// Room for one more; false when there is none.
  func take() -> Bool {
    guard taken.add(1, ordering: .relaxed).newValue > limit else { return true }
    giveBack(1)
    return false
  }

  func giveBack(_ count: Int) {
    taken.subtract(count, ordering: .relaxed)
  }
}
