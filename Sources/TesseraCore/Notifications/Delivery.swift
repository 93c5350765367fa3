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
  static let expiryInterval: Int64 = 300_000

  let subscription: Subscription
  let store: any Store
  /// Who this node is.
  private let holder: String
  let clock: WallClock
  private let randomness: RandomSource
  private let logger: Logger
  let memory = Mutex(Memory())

  /// What this node knows without asking.
  struct Memory {
    /// The last record that need not be looked at again.
    var seen = Int64.min
    /// When secrets were looked at last; nil for now.
    var expiriesSeenAt: Int64?
  }

  /// How far it went, and the version of that.
  struct Ledger {
    var state: DeliveryState
    var version: Int64
  }

  /// What is told next, and what is different once it was.
  struct Batch {
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
    hold(&ledger.state)
    guard try await save(&ledger) else { return try await status(of: ledger) }
    try await trim(&ledger)
    while !Task.isCancelled, let batch = try await next(&ledger, atMost: sink.batchSize) {
      let failure = await sink.tell(batch.events)
      if failure != nil, Task.isCancelled { break }
      say(failure, after: ledger.state)
      let isKept = try await keep(&ledger) { state in
        note(failure, of: batch, in: &state)
        hold(&state)
      }
      guard isKept, failure == nil else { break }
    }
    _ = try await keep(&ledger) { state in state.heldUntil = 0 }
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
  func save(_ ledger: inout Ledger) async throws(StoreError) -> Bool {
    let record = TaskRecord(
      task: subscription.task,
      version: ledger.version + 1,
      state: try ledger.state.text()
    )
    // In a task of its own, which no stop cancels: or it would come between what was told and the note that it was.
    let kept = await Task { [store] () async -> Result<Bool, StoreError> in
      do throws(StoreError) {
        return .success(try await store.setTaskRecord(record))
      } catch {
        return .failure(error)
      }
    }.value
    guard try kept.get() else { return false }
    ledger.version += 1
    return true
  }

  /// Changes what is kept, for as long as this node holds it: another may have let a notice wait meanwhile.
  private func keep(
    _ ledger: inout Ledger,
    _ change: (inout DeliveryState) -> Void
  ) async throws(StoreError) -> Bool {
    while ledger.state.holder == holder, ledger.state.heldUntil != 0 {
      change(&ledger.state)
      if try await save(&ledger) { return true }
      ledger = try await self.ledger()
    }
    return false
  }

  private func hold(_ state: inout DeliveryState) {
    state.holder = holder
    state.heldUntil = clock.now.milliseconds + Delivery.lease
  }

  private func status(of ledger: Ledger) async throws(StoreError) -> DeliveryStatus {
    let records = try await recordsWaiting(ledger.state)
    return DeliveryStatus(
      subscription.sink,
      ledger.state,
      pending: records + ledger.state.notices.count
    )
  }

  func recordsWaiting(_ state: DeliveryState) async throws(StoreError) -> Int {
    let actions = subscription.kinds.actions
    guard !actions.isEmpty else { return 0 }
    return try await store.auditRecordCount(of: actions, after: state.record)
  }

  private func note(_ failure: DeliveryFailure?, of batch: Batch, in state: inout DeliveryState) {
    let now = clock.now.milliseconds
    guard let failure else {
      batch.settle(&state)
      state.delivered += Int64(batch.events.count)
      state.lastDeliveredAt = now
      return state.startAnew()
    }
    state.failed += 1
    state.failuresInARow += 1
    if failure.isRefusal { state.refusals += 1 }
    (state.lastError, state.lastErrorAt) = (failure.reason, now)
    guard state.refusals < Delivery.refusals else {
      batch.settle(&state)
      state.dropped += Int64(batch.events.count)
      sayDropped(batch.events.count)
      return state.startAnew()
    }
    state.nextTryAt = now + pause(after: state.failuresInARow, failure.retryAfter)
  }

  private func say(_ failure: DeliveryFailure?, after state: DeliveryState) {
    switch (failure, state.failuresInARow) {
    case (nil, 1...): logger.notice("events are delivered again", metadata: metadata)
    case (let failure?, 0):
      logger.warning(
        "events could not be delivered; trying again",
        metadata: metadata.merging(["detail": "\(failure.reason)"]) { $1 }
      )
    default: break
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

  func sayDropped(_ count: Int) {
    logger.error(
      "events were given up before they could be delivered",
      metadata: metadata.merging(["count": "\(count)"]) { $1 }
    )
  }
}
