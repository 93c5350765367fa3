import TesseraCore
import TesseraJOSE
import Testing

/// What token requests came to.
extension StoreConformance {
  static let usageRules = [
    StoreRule("Usage adds up by client and hour, and apart from that of all together", usageAddsUp),
    StoreRule(
      "Usage is told of the hours that are asked for, in their order, and of no others",
      usageOfHours
    ),
    StoreRule(
      "Totals are of the clients that are asked for, with the hours in which each got tokens",
      totals
    ),
    StoreRule("Usage of old hours is removed a little at a time, and later hours stay", removingUsage),
    StoreRule("Usage tells nobody, and is there when its client is gone", usageTellsNobody),
    StoreRule("Of many that add usage at once, none is lost", usageAddedAtOnce),
    StoreRule("When clients were used last is told of those that are asked for", lastUses),
  ]

  private static let hour = UsageHour(of: Sample.time)

  private static func counts(
    _ issued: Int64 = 0,
    denied: [String: Int64] = [:],
    scopes: [String: Int64] = [:]
  ) -> UsageCounts {
    var counts = UsageCounts()
    (counts.issued, counts.denied, counts.scopes) = (issued, denied, scopes)
    return counts
  }

  private static func usage(
    _ client: String?,
    _ counts: UsageCounts,
    after hours: Int = 0
  ) throws -> ClientUsage {
    ClientUsage(
      clientID: try client.map(Sample.clientID),
      hour: hour.advanced(by: hours),
      counts: counts
    )
  }

  private static let all = hour.advanced(by: -1000)..<hour.advanced(by: 1000)

  private static func usageAddsUp(_ store: any Store) async throws {
    let (a, b) = (try Sample.clientID("a"), try Sample.clientID("O'Client"))
    #expect(try await store.usage(of: a, in: all) == [])
    #expect(try await store.firstUsage() == nil)
    try await store.addUsage([
      try usage("a", counts(2, denied: ["invalid_scope": 1], scopes: ["item": 2, "O'Scope": 1])),
      try usage("O'Client", counts(1, scopes: ["item": 1])),
      try usage(nil, counts(3, denied: ["invalid_client": 7, "invalid_scope": 1])),
    ])
    try await store.addUsage([
      try usage("a", counts(1, denied: ["invalid_client": 4], scopes: ["item": 1])),
      try usage("a", counts(5)),
    ])
    try await store.addUsage([])
    let sum = counts(
      8,
      denied: ["invalid_scope": 1, "invalid_client": 4],
      scopes: ["item": 3, "O'Scope": 1]
    )
    #expect(try await store.usage(of: a, in: all) == [try usage("a", sum)])
    #expect(
      try await store.usage(of: b, in: all) == [try usage("O'Client", counts(1, scopes: ["item": 1]))]
    )
    let together = counts(3, denied: ["invalid_client": 7, "invalid_scope": 1])
    #expect(try await store.usage(of: nil, in: all) == [try usage(nil, together)])
  }

  private static func usageOfHours(_ store: any Store) async throws {
    let a = try Sample.clientID("a")
    for after in [2, 0, 1, 5] { try await store.addUsage([try usage("a", counts(1), after: after)]) }
    func hours(_ range: Range<UsageHour>) async throws -> [Int] {
      try await store.usage(of: a, in: range).map { hour.distance(to: $0.hour) }
    }
    #expect(try await hours(all) == [0, 1, 2, 5])
    #expect(try await hours(hour.advanced(by: 1)..<hour.advanced(by: 5)) == [1, 2])
    #expect(try await hours(hour..<hour) == [])
    #expect(try await store.firstUsage() == hour)
  }

  private static func totals(_ store: any Store) async throws {
    try await store.addUsage([
      try usage("b", counts(2, scopes: ["item": 2])),
      try usage("b", counts(3, denied: ["invalid_scope": 1], scopes: ["item": 3, "event": 1]), after: 1),
      try usage("b", counts(denied: ["invalid_scope": 1]), after: 2),
      try usage("a", counts(denied: ["slow_down": 9])), try usage("c", counts(4)),
      try usage("b", counts(100), after: 50), try usage(nil, counts(1000)),
    ])
    let ids = try ["b", "a", "nobody"].map(Sample.clientID)
    let totals = try await store.usageTotals(of: ids, in: hour..<hour.advanced(by: 3))
    #expect(
      totals == [
        UsageTotal(clientID: ids[1], counts: counts(denied: ["slow_down": 9]), activeHours: 0),
        UsageTotal(
          clientID: ids[0],
          counts: counts(5, denied: ["invalid_scope": 2], scopes: ["item": 5, "event": 1]),
          activeHours: 2
        ),
      ]
    )
    #expect(try await store.usageTotals(of: ids, in: hour..<hour) == [])
    #expect(try await store.usageTotals(of: [], in: all) == [])
  }

  private static func removingUsage(_ store: any Store) async throws {
    let a = try Sample.clientID("a")
    for after in 0..<3 {
      try await store.addUsage([try usage("a", counts(1, scopes: ["item": 1]), after: after)])
    }
    let end = hour.advanced(by: 2)
    #expect(try await store.removeUsage(before: hour, limit: 10) == 0)
    #expect(try await store.removeUsage(before: end, limit: 0) == 0)
    #expect(try await store.removeUsage(before: end, limit: 3) == 3)
    #expect(try await store.removeUsage(before: end, limit: 3) == 1)
    #expect(try await store.removeUsage(before: end, limit: 3) == 0)
    #expect(try await store.usage(of: a, in: all).map(\.hour) == [end])
    #expect(try await store.firstUsage() == end)
  }

  private static func usageTellsNobody(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    let id = try Sample.clientID("a")
    let before = try await StoreContents(of: store)
    try await store.addUsage([try usage("a", counts(1))])
    #expect(try await StoreContents(of: store) == before)
    try await store.deleteClient(id, audit: Sample.event())
    #expect(try await store.usage(of: id, in: all).count == 1)
  }

  private static func usageAddedAtOnce(_ store: any Store) async throws {
    _ = try await concurrently(20) { index in
      try await store.addUsage([
        try usage("a", counts(1), after: index % 2), try usage("b", counts(1)),
        try usage(nil, counts(2)),
      ])
    }
    #expect(try await store.usage(of: try Sample.clientID("a"), in: all).map(\.counts.issued) == [10, 10])
    #expect(try await store.usage(of: nil, in: all).map(\.counts.issued) == [40])
  }

  private static func lastUses(_ store: any Store) async throws {
    for id in ["a", "b", "c"] {
      try await store.insertClient(try Sample.client(id), audit: Sample.event())
    }
    let ids = try ["a", "b", "c"].map(Sample.clientID)
    try await store.noteUse(of: [ids[0], ids[2]], at: Sample.time, unlessSince: Sample.time)
    #expect(try await store.lastUses(of: [ids[0], ids[1]]) == [ids[0]: Sample.time])
    #expect(try await store.lastUses(of: []) == [:])
  }
}
