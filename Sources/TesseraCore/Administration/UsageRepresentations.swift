import TesseraJOSE

/// What the requests of a client came to, hour by hour; of all together without a client.
package struct UsageRepresentation: Representation {
  private let clientID: ClientID?
  private let hours: Range<UsageHour>
  private let usage: [ClientUsage]

  /// `usage` is what is known of these hours.
  package init(of clientID: ClientID?, in hours: Range<UsageHour>, _ usage: [ClientUsage]) {
    self.clientID = clientID
    self.hours = hours
    self.usage = usage
  }

  package var json: JSONValue {
    var sum = UsageCounts()
    for usage in usage { sum.add(usage.counts) }
    return .object(
      [
        .init("client_id", JSONValue(clientID?.rawValue)), .init("from", JSONValue(hours.lowerBound.start)),
        .init("to", JSONValue(hours.upperBound.start)),
      ] + sum.members + [
        .init(
          "hours",
          .array(
            usage.map { .object([.init("hour", JSONValue($0.hour.start))] + $0.counts.members) }
          )
        )
      ]
    )
  }
}

/// What the requests of a client came to in all.
package struct UsageTotalRepresentation: Representation {
  private let total: Administration.UsedClientTotal

  package init(_ total: Administration.UsedClientTotal) {
    self.total = total
  }

  package var json: JSONValue {
    .object(
      [
        .init("client_id", .string(total.client.id.rawValue)), .init("name", .string(total.client.name)),
      ] + total.total.counts.members + total.needlessMembers
    )
  }
}

/// What the requests of a client came to in a day, as a member of what is shown of it.
package struct LastDay: Representation {
  package let issued: Int
  package let denied: Int
  package let needless: Int
  /// What to do about those that were needless; nil when none were.
  package let advice: String?

  package init(_ total: Administration.UsedClientTotal) {
    issued = Int(total.total.counts.issued)
    denied = Int(total.total.counts.allDenied)
    needless = Int(total.needless?.count ?? 0)
    advice = total.needless?.advice
  }

  /// What a server has shown of it.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    issued = try shown.integer("issued")
    denied = try shown.integer("denied")
    needless = try shown.integer("needless")
    advice = try shown.optionalText("advice")
  }

  package var json: JSONValue {
    .object([
      .init("issued", .integer(issued)), .init("denied", .integer(denied)),
      .init("needless", .integer(needless)), .init("advice", JSONValue(advice)),
    ])
  }
}

extension Administration.UsedClientTotal {
  fileprivate var needlessMembers: [JSONValue.Member] {
    [
      .init("needless", .integer(Int(needless?.count ?? 0))), .init("advice", JSONValue(needless?.advice)),
    ]
  }
}

extension UsageCounts {
  fileprivate var members: [JSONValue.Member] {
    [
      .init("issued", .integer(Int(issued))), .init("denied", UsageCounts.object(denied)),
      .init("scopes", UsageCounts.object(scopes)),
    ]
  }

  private static func object(_ counts: [String: Int64]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer(Int($0.value))) })
  }
}

extension Unused: Representation {
  package var json: JSONValue {
    .object([
      .init("kind", .string(kind.rawValue)), .init("client_id", JSONValue(clientID?.rawValue)),
      .init("client_name", JSONValue(clientName)), .init("name", JSONValue(name)),
      .init("created_at", JSONValue(createdAt)), .init("last_used_at", JSONValue(lastUsedAt)),
      .init("counted_since", JSONValue(countedSince)), .init("certain", .boolean(isCertain)),
    ])
  }
}
