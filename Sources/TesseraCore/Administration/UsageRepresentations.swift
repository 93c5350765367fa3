import TesseraJOSE

/// What the requests of a client came to, hour by hour; of all together without a client.
package struct UsageRepresentation: Representation {
  private let clientID: ClientID?
  private let hours: Range<UsageHour>
  package let usage: [ClientUsage]

  /// `usage` is what is known of these hours.
  package init(of clientID: ClientID?, in hours: Range<UsageHour>, _ usage: [ClientUsage]) {
    self.clientID = clientID
    self.hours = hours
    self.usage = usage
  }

  /// What a server has shown of it.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    let id = try shown.optional("client_id") { ClientID($0) }
    let (first, end) = (UsageHour(of: try shown.time("from")), UsageHour(of: try shown.time("to")))
    guard first <= end else { throw UnreadableJSON(member: "to") }
    let usage = try shown.elements("hours").map { hour throws(UnreadableJSON) in
      ClientUsage(clientID: id, hour: UsageHour(of: try hour.time("hour")), counts: try UsageCounts(hour))
    }
    self.init(of: id, in: first..<end, usage)
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
  package let clientID: ClientID
  package let name: String
  package let counts: UsageCounts
  package let needless: Int
  /// What the needless are of all tokens that were issued, in percent.
  package let needlessPercentage: Int
  /// What to do about those that were needless; nil when none were.
  package let advice: String?

  package init(_ total: Administration.UsedClientTotal) {
    (clientID, name) = (total.client.id, total.client.name)
    counts = total.total.counts
    needless = Int(total.needless?.count ?? 0)
    needlessPercentage = total.needless?.percentage ?? 0
    advice = total.needless?.advice
  }

  /// What a server has shown of it.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    clientID = try shown.value("client_id") { ClientID($0) }
    name = try shown.text("name")
    counts = try UsageCounts(shown)
    needless = try shown.integer("needless")
    needlessPercentage = try shown.integer("needless_percentage")
    advice = try shown.optionalText("advice")
  }

  package var json: JSONValue {
    .object(
      [
        .init("client_id", .string(clientID.rawValue)), .init("name", .string(name)),
      ] + counts.members + [
        .init("needless", .integer(needless)), .init("needless_percentage", .integer(needlessPercentage)),
        .init("advice", JSONValue(advice)),
      ]
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

extension UsageCounts {
  fileprivate init(_ shown: ShownJSON) throws(UnreadableJSON) {
    self.init()
    issued = Int64(try shown.integer("issued"))
    denied = try shown.counts("denied")
    scopes = try shown.counts("scopes")
  }

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

extension ShownJSON {
  /// The numbers of an object, by their names.
  fileprivate func counts(_ name: String) throws(UnreadableJSON) -> [String: Int64] {
    guard let object = try object(name), let members = try json(name)?.members else {
      throw UnreadableJSON(member: name)
    }
    var counts: [String: Int64] = [:]
    for key in members.keys { counts[key] = Int64(try object.integer(key)) }
    return counts
  }
}

extension Unused: Representation {
  /// What a server has shown of it.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    self.init(
      kind: try shown.value("kind") { Unused.Kind(rawValue: $0) },
      clientID: try shown.optional("client_id") { ClientID($0) },
      clientName: try shown.optionalText("client_name"),
      name: try shown.optionalText("name"),
      createdAt: try shown.time("created_at"),
      lastUsedAt: try shown.optionalTime("last_used_at"),
      countedSince: try shown.optionalTime("counted_since"),
      isCertain: try shown.boolean("certain")
    )
  }

  package var json: JSONValue {
    .object([
      .init("kind", .string(kind.rawValue)), .init("client_id", JSONValue(clientID?.rawValue)),
      .init("client_name", JSONValue(clientName)), .init("name", JSONValue(name)),
      .init("created_at", JSONValue(createdAt)), .init("last_used_at", JSONValue(lastUsedAt)),
      .init("counted_since", JSONValue(countedSince)), .init("certain", .boolean(isCertain)),
    ])
  }
}
