import TesseraCore
import TesseraJOSE
import TesseraSupport

extension RemoteAdministration {
  func usage(of id: ClientID?, in hours: Range<UsageHour>) async throws -> [ClientUsage] {
    let path = id.map { "clients/\($0.rawValue.pathSegment)/usage" } ?? "usage/all"
    return try await api.show("GET", "\(path)?\(RemoteAdministration.query(hours))") {
      shown throws(UnreadableJSON) in try UsageRepresentation(shown).usage
    }
  }

  func usageTotals(
    in hours: Range<UsageHour>,
    _ write: ([UsageTotalRepresentation]) throws -> Void
  ) async throws {
    try await api.parts(
      "usage?limit=500&\(RemoteAdministration.query(hours))",
      { shown throws(UnreadableJSON) in try UsageTotalRepresentation(shown) },
      write
    )
  }

  func unused(days: Int, _ write: ([Unused]) throws -> Void) async throws {
    try await api.parts(
      "unused?limit=500&days=\(days)",
      { shown throws(UnreadableJSON) in try Unused(shown) },
      write
    )
  }

  private static func query(_ hours: Range<UsageHour>) -> String {
    "from=\(hours.lowerBound.start.iso8601)&to=\(hours.upperBound.start.iso8601)"
  }

  // MARK: Notifications

  func deliveryStatuses() async throws -> [DeliveryStatus] {
    try await api.list("notifications") { shown throws(UnreadableJSON) in try DeliveryStatus(shown) }
  }

  func testDeliveries() async throws -> [TestedDelivery] {
    try await api.list("notifications/test", "POST") { shown throws(UnreadableJSON) in
      try TestedDelivery(shown)
    }
  }
}
