import Logging
import ServiceLifecycle
import TesseraCore
import TesseraJOSE

/// Removes what nobody needs any more: revocations of tokens and claims that expired long ago, changes that every node has
/// heard, and audit records and usage that are older than they are to be kept. Makes room for what will expire.
///
/// What is in the store one node does for all: whoever asks first when an hour is over since it was begun last. A node
/// that dies over it holds nothing: the next turn goes on where it stopped, since all of it can be done again.
struct HousekeepingService: Service {
  /// How long changes are kept, in seconds: far longer than any node answers without word from the store.
  static let changeRetention: Int64 = 7 * 86_400
  /// How long claims are kept beyond their end, in seconds: for a clock that was set forward and back.
  static let claimRetention: Int64 = 4 * 3600
  /// From one turn to the next, in milliseconds, over all nodes.
  static let interval: Int64 = 3_600_000
  /// How often each node asks whether it is its turn: how much longer it takes after one has died.
  private static let pause = Duration.seconds(300)
  /// How many rows are removed in one transaction.
  private static let stepSize = 1000

  let replica: Replica
  let store: any Store
  let audit: AuditRetention
  /// For how many days usage is kept; 0 for ever.
  let usageDays: Int
  let auditLog: AuditLog
  /// Who this node is, for people who look at the turns.
  let holder: String
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        replica.forgetExpiredRevocations()
        if await isOurTurn() { await tidy() }
        try? await Task.sleep(for: HousekeepingService.pause)
      }
    }
  }

  /// Whether this node is to tidy up now.
  func isOurTurn() async -> Bool {
    do throws(StoreError) {
      return try await store.takeTurn(
        at: "housekeeping",
        every: HousekeepingService.interval,
        as: holder
      )
    } catch {
      // That the store does not answer, the replica has said already.
      return false
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
        "usage": try await removeUsage(at: now),
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
    for chain in AuditChain.allCases {
      guard let days = audit.days(of: chain) else { continue }
      removed += try await inSteps { limit throws(StoreError) in
        try await auditLog.shorten(
          chain,
          madeBefore: now.advanced(bySeconds: -86_400 * Int64(days)),
          at: now,
          limit: limit
        )
      }
    }
    return removed
  }

  /// By whole days, so that there is something to do once a day.
  private func removeUsage(at now: Timestamp) async throws(StoreError) -> Int {
    guard usageDays > 0 else { return 0 }
    let end = UsageHour(of: now.advanced(bySeconds: -86_400 * Int64(usageDays))).startOfDay
    return try await inSteps { limit throws(StoreError) in
      try await store.removeUsage(before: end, limit: limit)
    }
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
