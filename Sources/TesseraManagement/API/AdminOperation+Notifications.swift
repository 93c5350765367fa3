import TesseraCore

extension AdminOperation {
  /// What others are told of.
  static let notifications: [AdminOperation] = [
    AdminOperation(
      name: "listDeliveries",
      method: "GET",
      path: "/admin/v1/notifications",
      scope: .read,
      summary: "List who is told of events: what waits, what arrived, what was given up, and the last error.",
      outcome: .listed(.deliveryStatus)
    ) { request in .listed(try await request.node.deliveries()) },
    AdminOperation(
      name: "testDeliveries",
      method: "POST",
      path: "/admin/v1/notifications/test",
      scope: .write,
      summary:
        "Send an event that says nothing to everybody who is told of events, and say whether it arrived.",
      outcome: .listed(.testedDelivery)
    ) { request in .listed(try await request.node.testDeliveries()) },
  ]
}
