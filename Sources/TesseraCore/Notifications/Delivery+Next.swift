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
    return try await nextExpiries(&ledger, atMost: limit)
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

  private func nextExpiries(_ ledger: inout Ledger, atMost limit: Int) async throws(StoreError) -> Batch? {
    let now = clock.now
    let seenAt = memory.withLock(\.expiriesSeenAt)
    if let seenAt, (0..<Delivery.expiryInterval).contains(now.milliseconds - seenAt) { return nil }
    guard !subscription.kinds.isDisjoint(with: [.secretExpiring, .clientKeyExpiring]) else { return nil }
    for lead in ExpiryLead.allCases {
      var place = max(ledger.state.places[lead.rawValue] ?? lead.start(at: now), lead.start(at: now))
      while true {
        let page = try await store.expiringCredentials(
          after: place,
          through: lead.end(at: now),
          limit: limit
        )
        guard let end = page.last?.place else { break }
        let chosen = page.filter { subscription.kinds.contains($0.kind.event) }
        if !chosen.isEmpty {
          return Batch(events: chosen.map { SecurityEvent(.expiry($0, lead)) }) { state in
            state.places[lead.rawValue] = end
          }
        }
        place = end
      }
    }
    memory.withLock { $0.expiriesSeenAt = now.milliseconds }
    try await settleExpiries(&ledger, at: now)
    return nil
  }

  /// Keeps that all that expires soon was told: one that is made later to be valid for less is not told of by the
  /// leads that were over when it was made.
  private func settleExpiries(_ ledger: inout Ledger, at now: Timestamp) async throws(StoreError) {
    let ends = ExpiryLead.allCases.map { lead in
      // Behind all that expire at that moment.
      (lead.rawValue, ExpiringCredential.Place(before: lead.end(at: now).advanced(byMilliseconds: 1)))
    }
    let isBehind = ends.contains { days, end in
      (ledger.state.places[days]?.milliseconds ?? .min) < end.milliseconds - Delivery.expiryInterval / 2
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
