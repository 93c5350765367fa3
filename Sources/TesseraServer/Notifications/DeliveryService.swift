import Logging
import ServiceLifecycle
import TesseraCore
import TesseraSupport

/// Tells a sink of events as they come.
///
/// The store is asked when something has changed, while something waits, and once a minute for what comes by time alone.
struct DeliveryService<Sink: DeliverySink>: Service {
  private static var pause: Duration { .seconds(1) }
  private static var longestSilence: Int64 { 60_000 }

  let delivery: Delivery
  let sink: Sink
  let replica: Replica
  /// What this node finds itself; nil where that is not told.
  var notices: NoticeBoard?
  /// Hears how it stands; nil for nobody.
  var statuses: DeliveryStatuses?
  var clock = MonotonicClock.system
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var (known, lookedAt, somethingWaits) = (Int64?.none, clock.milliseconds, true)
      while !Task.isCancelled {
        let change = replica.lastChange
        do throws(StoreError) {
          try await queueNotices()
          let isDue = clock.milliseconds - lookedAt >= DeliveryService.longestSilence
          if somethingWaits || change != known || isDue {
            let status = try await delivery.turn(sink)
            statuses?.set(status)
            somethingWaits = status.pending > 0 || status.nextTryAt != nil
            (known, lookedAt) = (change, clock.milliseconds)
          }
        } catch {
          // That the store does not answer, the replica has said already.
          logger.debug("events could not be looked at", metadata: ["detail": "\(error)"])
        }
        try? await Task.sleep(for: DeliveryService.pause)
      }
    }
    try? await delivery.release()
  }

  private func queueNotices() async throws(StoreError) {
    var waiting = notices?.take() ?? []
    do throws(StoreError) {
      while let notice = waiting.first {
        try await delivery.queue(notice)
        waiting.removeFirst()
      }
    } catch {
      for notice in waiting { notices?.post(notice) }
      throw error
    }
  }
}
