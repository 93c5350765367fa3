import Synchronization
import TesseraCore
import TesseraManagement

/// How telling others stands, as this node last heard.
final class DeliveryStatuses: Sendable {
  private let statuses = Mutex<[String: DeliveryStatus]>([:])

  var all: [DeliveryStatus] { statuses.withLock { $0.values.sorted { $0.sink < $1.sink } } }

  func set(_ status: DeliveryStatus) {
    statuses.withLock { $0[status.sink] = status }
  }
}
