import TesseraCore

/// The schemas of what others are told of.
extension AdminSchema {
  static let deliveryStatus = AdminSchema(
    "DeliveryStatus",
    [
      ("sink", text), ("pending", count), ("delivered", count), ("failed", count), ("dropped", count),
      ("last_delivered_at", nullableTime), ("last_error", nullableText), ("last_error_at", nullableTime),
      ("next_try_at", nullableTime),
    ]
  )

  static let testedDelivery = AdminSchema(
    "TestedDelivery",
    [("sink", text), ("place", text), ("id", text), ("arrived", boolean), ("error", nullableText)]
  )
}
