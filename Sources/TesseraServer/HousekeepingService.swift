import Logging
import ServiceLifecycle
import TesseraCore
import TesseraJOSE

/// Removes what nobody needs any more: revocations of tokens and claims that expired long ago, changes that every node has
/// heard, and audit records that are older than they are to be kept. Makes room for what will expire.
struct HousekeepingService: Service {
  /// How long changes are kept, in seconds: far longer than any node answers without word from the store.
  static let changeRetention: Int64 = 7 * 86_400
  /// How long claims are kept beyond their end, in seconds: for a clock that was set forward and back.
  static let claimRetention: Int64 = 4 * 3600
  private static let interval = Duration.seconds(3600)
  /// How many rows are removed in one transaction.
  private static let stepSize = 1000

  let replica: Replica
  let store: any Store
  let audit: AuditRetention
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await tidy()
        try? await Task.sleep(for: HousekeepingService.interval)
      }
    }
  }

  func tidy() async {
    replica.forgetExpiredRevocations()
    // Of tokens that expired before this nothing matters any more, even if the clock is wrong by some hours.
    let time = replica.forgettingTime()
    let longest = Int64(replica.settings.longestTokenLifetime)
    let now = time.advanced(bySeconds: longest)
    do throws(StoreError) {
      let removed = [
        "changes": try await inSteps { limit throws(StoreError) in
          try await store.removeChanges(
            madeBefore: now.advanced(bySeconds: -HousekeepingService.changeRetention),
            limit: limit
          )
        },
        "not-befores": try await inSteps { limit throws(StoreError) in
          try await store.removeClientNotBefores(
            madeBefore: time.advanced(bySeconds: -longest),
            limit: limit
          )
        },
        "audit records": try await removeAuditRecords(at: now),
        // Last, because a dump of the database can be in the way of it.
        "revocations": try await store.removeRevocations(expiredBefore: time),
      ]
      try await store.removeClaims(
        expiredBefore: now.advanced(bySeconds: -HousekeepingService.claimRetention)
      )
      try await store.makePeriods(from: now)
      logger.debug("tidied up", metadata: removed.mapValues { .stringConvertible($0) })
    } catch {
      // A server that stops in the middle of it has nothing to report.
      if Task.isCancelled { return }
      logger.warning("tidying up failed; trying again later", metadata: ["detail": "\(error)"])
    }
  }

  private func removeAuditRecords(at now: Timestamp) async throws(StoreError) -> Int {
    var removed = 0
    for (days, action) in [(audit.days, nil), (audit.revocationDays, .tokenRevoked)]
      as [(Int, AuditEvent.Action?)]
    where days > 0 {
      removed += try await inSteps { limit throws(StoreError) in
        try await store.removeAuditRecords(
          madeBefore: now.advanced(bySeconds: -86_400 * Int64(days)),
          action: action,
          limit: limit
        )
      }
    }
    return removed
  }

  /// Removes much a little at a time, so that others can write in between.
  private func inSteps(_ remove: (Int) async throws(StoreError) -> Int) async throws(StoreError) -> Int {
    var removed = 0
    while !Task.isCancelled {
      let count = try await remove(HousekeepingService.stepSize)
      removed += count
      if count < HousekeepingService.stepSize { break }
    }
    return removed
  }
}
