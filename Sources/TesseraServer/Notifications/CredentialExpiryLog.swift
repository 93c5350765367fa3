import Logging
import TesseraCore

/// Says in the log which secrets, keys and certificates of clients expire soon.
struct CredentialExpiryLog: DeliverySink {
  let logger: Logger

  var batchSize: Int { 100 }

  func tell(_ events: [SecurityEvent]) async -> DeliveryFailure? {
    for case .expiry(let credential, let lead) in events.map(\.content) {
      let kind = credential.kind.rawValue
      let metadata: Logger.Metadata = [
        "client": .string(credential.clientID.rawValue), "name": .string(credential.clientName),
        kind: .string(credential.name), "expires": .string(credential.expiresAt.toTheSecond),
      ]
      switch lead {
      case .month: logger.notice("a client \(kind) expires in less than 30 days", metadata: metadata)
      case .week:
        logger.warning("a client \(kind) expires in less than 7 days: replace it", metadata: metadata)
      case .day:
        logger.error("a client \(kind) expires in less than a day: replace it now", metadata: metadata)
      }
    }
    return nil
  }
}
