import TesseraCore

/// The schemas of what token requests came to.
extension AdminSchema {
  private static let counts = object(of: count)
  private static let usageCounts = [("issued", count), ("denied", counts), ("scopes", counts)]

  static let usage = AdminSchema(
    "Usage",
    [("client_id", nullable(clientID)), ("from", time), ("to", time)] + usageCounts + [
      ("hours", array(of: object([("hour", time)] + usageCounts)))
    ]
  )

  static let usageTotal = AdminSchema(
    "UsageTotal",
    [("client_id", clientID), ("name", name)] + usageCounts + [
      ("needless", count), ("needless_percentage", count), ("advice", nullableText),
    ]
  )

  static let unused = AdminSchema(
    "Unused",
    [
      ("kind", choice(Unused.Kind.allCases.map(\.rawValue))), ("client_id", nullable(clientID)),
      ("client_name", nullable(name)), ("name", nullableText), ("created_at", time),
      ("last_used_at", nullableTime), ("counted_since", nullableTime), ("certain", boolean),
    ]
  )
}
