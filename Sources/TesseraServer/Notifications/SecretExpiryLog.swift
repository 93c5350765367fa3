import Logging
import TesseraCore

/// Says in the log which secrets expire soon.
struct SecretExpiryLog: DeliverySink {
  let logger: Logger

  var batchSize: Int { 100 }

  func tell(_ events: [SecurityEvent]) async -> DeliveryFailure? {
    for case .secret(let secret, let lead) in events.map(\.content) {
      let metadata: Logger.Metadata = [
        "client": .string(secret.clientID.rawValue), "name": .string(secret.clientName),
        "secret": .string(secret.name), "expires": .string(secret.expiresAt.toTheSecond),
      ]
      switch lead {
      case .month: logger.notice("a client secret expires in less than 30 days", metadata: metadata)
      case .week:
        logger.warning("a client secret expires in less than 7 days: replace it", metadata: metadata)
      case .day:
        logger.error("a client secret expires in less than a day: replace it now", metadata: metadata)
      }
    }
    return nil
  }
}
