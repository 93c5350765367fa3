import Synchronization
import TesseraJOSE
import TesseraSupport

/// What is told next.
extension Delivery {
  private static let recordsAtOnce = 200

  func next(_ ledger: inout Ledger, atMost limit: Int) async throws(StoreError) -> Batch? {
    if !ledger.state.notices.isEmpty {
      let notices = Array(ledger.state.notices.prefix(limit))
      let ids = Set(notices.map(\.id))
      return Batch(events: notices.map { SecurityEvent(.notice($0)) }) { state in
        state.notices.removeAll { ids.contains($0.id) }
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
      let page = try await store.auditRecords(of: nil, after: last, limit: Delivery.recordsAtOnce)
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
  func trim(_ ledger: inout Ledger) async throws(StoreError) {
    let actions = subscription.kinds.actions
    var excess = try await recordsWaiting(ledger.state) - subscription.limit
    guard excess > 0 else { return }
    let dropped = excess
    while excess > 0 {
      let page = try await store.auditRecords(
        of: nil,
        after: ledger.state.record,
        limit: Delivery.recordsAtOnce
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
