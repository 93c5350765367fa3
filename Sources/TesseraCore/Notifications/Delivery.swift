package import Logging
import Synchronization
package import TesseraJOSE
package import TesseraSupport

/// Tells somebody of events: each at least once, by one node at a time, and in the order in which they happened.
///
/// What waits is no queue: it is what the audit log has after the last record that was told, and the secrets that expire
/// after the last that was told. So nothing is lost, and nothing is written that the store does not have already but how far
/// it went. Only what a node finds by itself (`SecurityNotice`) waits in that.
package final class Delivery: Sendable {
  /// Who is told, and of what.
  package struct Subscription: Sendable {
    /// Who is told, such as `webhook`.
    package let sink: String
    package let kinds: Set<SecurityEventKind>
    /// How many records wait at the most; beyond it the oldest are given up.
    package let limit: Int

    package init(_ sink: String, _ kinds: Set<SecurityEventKind>, limit: Int) {
      self.sink = sink
      self.kinds = kinds
      self.limit = limit
    }

    var task: String { "events \(sink)" }
  }

  /// How long a node may be silent until another takes over, in milliseconds: longer than a sink takes.
  static let lease: Int64 = 20_000
  /// The longest time between two tries that fail, in seconds.
  static let longestPause: Int64 = 300
  /// The longest that a sink can ask to be left alone, in seconds.
  static let longestRest: Int64 = 3600
  /// How often events are told that a sink refuses, until they are given up: for about an hour.
  static let refusals = 20
  /// How often secrets are looked at, in milliseconds.
  static let secretInterval: Int64 = 300_000
  private static let pageSize = 200

  private let subscription: Subscription
  private let store: any Store
  /// Who this node is.
  private let holder: String
  private let clock: WallClock
  private let randomness: RandomSource
  private let logger: Logger
  private let memory = Mutex(Memory())

  /// What this node knows without asking.
  private struct Memory {
    /// The last record that need not be looked at again.
    var seen = Int64.min
    /// When secrets were looked at last; nil for now.
    var secretsSeenAt: Int64?
  }

  /// How far it went, and the version of that.
  private struct Ledger {
    var state: DeliveryState
    var version: Int64
  }

  /// What is told next, and what is different once it was.
  private struct Batch {
    let events: [SecurityEvent]
    let settle: @Sendable (inout DeliveryState) -> Void
  }

  package init(
    _ subscription: Subscription,
    store: any Store,
    holder: String,
    clock: WallClock = .system,
    randomness: RandomSource = .system,
    logger: Logger
  ) {
    self.subscription = subscription
    self.store = store
    self.holder = "\(holder) \(randomness.bytes(count: 4).hexadecimal)"
    self.clock = clock
    self.randomness = randomness
    self.logger = logger
  }

  // MARK: What is asked of it

  /// How it stands.
  package func status() async throws(StoreError) -> DeliveryStatus {
    try await status(of: ledger())
  }

  /// Tells of all that waits, unless another node does, or it is not time yet; returns how it stands.
  package func turn(_ sink: some DeliverySink) async throws(StoreError) -> DeliveryStatus {
    var ledger = try await ledger()
    let now = clock.now
    guard ledger.state.isDue(at: now, longest: Delivery.longestRest * 1000),
      ledger.state.isFree(for: holder, at: now, lease: Delivery.lease)
    else { return try await status(of: ledger) }
    guard try await next(&ledger, atMost: 1) != nil else {
      return DeliveryStatus(subscription.sink, ledger.state, pending: 0)
    }
    guard try await hold(&ledger) else { return try await status(of: ledger) }
    try await trim(&ledger)
    while !Task.isCancelled, let batch = try await next(&ledger, atMost: sink.batchSize) {
      let failure = await sink.tell(batch.events)
      if failure != nil, Task.isCancelled { break }
      note(failure, of: batch, in: &ledger.state)
      guard try await hold(&ledger) else { return try await status(of: ledger) }
      if failure != nil { break }
    }
    ledger.state.heldUntil = 0
    _ = try await save(&ledger)
    return try await status(of: ledger)
  }

  /// Lets a notice wait, if it is one of those that are told.
  package func queue(_ notice: SecurityNotice) async throws(StoreError) {
    guard subscription.kinds.contains(where: { $0.name == notice.kind }) else { return }
    while true {
      var ledger = try await ledger()
      guard !ledger.state.knownNotices.contains(notice.id) else { return }
      if ledger.state.queue(notice) { sayDropped(1) }
      if try await save(&ledger) { return }
    }
  }

  /// Lets another node tell at once: for one that stops.
  package func release() async throws(StoreError) {
    var ledger = try await ledger()
    guard ledger.state.holder == holder, ledger.state.heldUntil != 0 else { return }
    ledger.state.heldUntil = 0
    _ = try await save(&ledger)
  }

  // MARK: What is kept

  /// What is kept; whoever is told for the first time is told of what comes from now on.
  private func ledger() async throws(StoreError) -> Ledger {
    while true {
      if let record = try await store.taskRecord(of: subscription.task) {
        return Ledger(state: try DeliveryState(text: record.state), version: record.version)
      }
      let newest = try await store.auditRecords(before: nil, subject: nil, limit: 1).first
      var first = Ledger(state: DeliveryState(after: newest?.number ?? 0, at: clock.now), version: 0)
      if try await save(&first) { return first }
    }
  }

  /// Keeps it, unless another node has kept something meanwhile.
  private func save(_ ledger: inout Ledger) async throws(StoreError) -> Bool {
    let record = TaskRecord(
      task: subscription.task,
      version: ledger.version + 1,
      state: try ledger.state.text()
    )
    guard try await store.setTaskRecord(record) else { return false }
    ledger.version += 1
    return true
  }

  private func hold(_ ledger: inout Ledger) async throws(StoreError) -> Bool {
    ledger.state.holder = holder
    ledger.state.heldUntil = clock.now.milliseconds + Delivery.lease
    return try await save(&ledger)
  }

  private func status(of ledger: Ledger) async throws(StoreError) -> DeliveryStatus {
    let records = try await recordsWaiting(ledger.state)
    return DeliveryStatus(
      subscription.sink,
      ledger.state,
      pending: records + ledger.state.notices.count
    )
  }

  private func recordsWaiting(_ state: DeliveryState) async throws(StoreError) -> Int {
    let actions = subscription.kinds.actions
    guard !actions.isEmpty else { return 0 }
    return try await store.auditRecordCount(of: actions, after: state.record)
  }

  private func note(_ failure: DeliveryFailure?, of batch: Batch, in state: inout DeliveryState) {
    let now = clock.now.milliseconds
    guard let failure else {
      if state.failuresInARow > 0 { logger.notice("events are delivered again", metadata: metadata) }
      batch.settle(&state)
      state.delivered += Int64(batch.events.count)
      (state.failuresInARow, state.nextTryAt, state.lastDeliveredAt) = (0, 0, now)
      return
    }
    state.failed += 1
    state.failuresInARow += 1
    (state.lastError, state.lastErrorAt) = (failure.reason, now)
    if failure.isRefusal, state.failuresInARow >= Delivery.refusals {
      batch.settle(&state)
      state.dropped += Int64(batch.events.count)
      (state.failuresInARow, state.nextTryAt) = (0, 0)
      sayDropped(batch.events.count)
      return
    }
    state.nextTryAt = now + pause(after: state.failuresInARow, failure.retryAfter)
    if state.failuresInARow == 1 {
      logger.warning(
        "events could not be delivered; trying again",
        metadata: metadata.merging(["detail": "\(failure.reason)"]) { $1 }
      )
    }
  }

  /// Twice as long each time, and less by up to half, so that nodes do not come at one moment; in milliseconds.
  private func pause(after failures: Int, _ wanted: Int64?) -> Int64 {
    let longest = min(Delivery.longestPause, 1 << Int64(min(failures - 1, 10))) * 1000
    let jitter = Int64(randomness.bytes(count: 1)[0])
    let pause = longest - longest * jitter / 510
    return max(pause, min(wanted ?? 0, Delivery.longestRest) * 1000)
  }

  private var metadata: Logger.Metadata { ["sink": "\(subscription.sink)"] }

  private func sayDropped(_ count: Int) {
    logger.error(
      "events were given up before they could be delivered",
      metadata: metadata.merging(["count": "\(count)"]) { $1 }
    )
  }

  // MARK: What comes next

  private func next(_ ledger: inout Ledger, atMost limit: Int) async throws(StoreError) -> Batch? {
    if !ledger.state.notices.isEmpty {
      let notices = Array(ledger.state.notices.prefix(limit))
      return Batch(events: notices.map { SecurityEvent(.notice($0)) }) { state in
        state.notices.removeFirst(notices.count)
      }
    }
    if let batch = try await nextRecords(&ledger, atMost: limit) { return batch }
    return try await nextSecrets(&ledger, atMost: limit)
  }

  private func nextRecords(_ ledger: inout Ledger, atMost limit: Int) async throws(StoreError) -> Batch? {
    let actions = subscription.kinds.actions
    guard !actions.isEmpty else { return nil }
    var last = max(ledger.state.record, memory.withLock(\.seen))
    while true {
      let page = try await store.auditRecords(of: nil, after: last, limit: Delivery.pageSize)
      let chosen = page.filter { actions.contains($0.event.action) }.prefix(limit)
      if let end = chosen.last?.number {
        return Batch(events: chosen.map { SecurityEvent(.record($0)) }) { state in state.record = end }
      }
      guard let end = page.last?.number else { break }
      last = end
      memory.withLock { $0.seen = end }
    }
    // Kept now and then, so that a node that starts need not look at all of them.
    if last - ledger.state.record >= 1000 {
      ledger.state.record = last
      _ = try await save(&ledger)
    }
    return nil
  }

  private func nextSecrets(_ ledger: inout Ledger, atMost limit: Int) async throws(StoreError) -> Batch? {
    let now = clock.now
    let seenAt = memory.withLock(\.secretsSeenAt)
    if let seenAt, (0..<Delivery.secretInterval).contains(now.milliseconds - seenAt) { return nil }
    guard subscription.kinds.contains(.secretExpiring) else { return nil }
    for lead in ExpiryLead.allCases {
      let place = max(ledger.state.places[lead.rawValue] ?? lead.start(at: now), lead.start(at: now))
      let secrets = try await store.expiringSecrets(after: place, through: lead.end(at: now), limit: limit)
      if let end = secrets.last?.place {
        return Batch(events: secrets.map { SecurityEvent(.secret($0, lead)) }) { state in
          state.places[lead.rawValue] = end
        }
      }
    }
    memory.withLock { $0.secretsSeenAt = now.milliseconds }
    try await settleSecrets(&ledger, at: now)
    return nil
  }

  /// Keeps that all secrets that expire soon were told: one that is made later to be valid for less is not told of by the
  /// leads that were over when it was made.
  private func settleSecrets(_ ledger: inout Ledger, at now: Timestamp) async throws(StoreError) {
    let ends = ExpiryLead.allCases.map { lead in
      // Behind all that expire at that moment.
      (lead.rawValue, ExpiringSecret.Place(before: lead.end(at: now).advanced(byMilliseconds: 1)))
    }
    let isBehind = ends.contains { days, end in
      (ledger.state.places[days]?.milliseconds ?? .min) < end.milliseconds - Delivery.secretInterval / 2
    }
    guard isBehind else { return }
    for (days, end) in ends { ledger.state.places[days] = max(ledger.state.places[days] ?? end, end) }
    _ = try await save(&ledger)
  }

  /// Gives up the oldest records, where more wait than may.
  private func trim(_ ledger: inout Ledger) async throws(StoreError) {
    let actions = subscription.kinds.actions
    var excess = try await recordsWaiting(ledger.state) - subscription.limit
    guard excess > 0 else { return }
    let dropped = excess
    while excess > 0 {
      let page = try await store.auditRecords(
        of: nil,
        after: ledger.state.record,
        limit: Delivery.pageSize
      )
      guard !page.isEmpty else { break }
      for record in page where excess > 0 {
        ledger.state.record = record.number
        if actions.contains(record.event.action) { excess -= 1 }
      }
    }
    ledger.state.dropped += Int64(dropped - excess)
    sayDropped(dropped - excess)
    _ = try await save(&ledger)
  }
}
