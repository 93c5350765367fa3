import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// Secrets that expire soon are told 30, 7 and 1 days ahead, each once.
@Suite struct SecretExpiryTests {
  private static let day: Int64 = 86_400
  private let fixture = DeliveryFixture()
  private let sink = TestSink(batchSize: 3)

  private var delivery: Delivery { fixture.delivery([.secretExpiring]) }

  /// What was told: the secret and the days ahead.
  private var told: [String] {
    sink.told.map { event in
      if case .secret(let secret, let lead) = event.content { "\(secret.name) \(lead.rawValue)" } else { "" }
    }
  }

  @Test("Each is told 30, 7 and 1 days ahead, once, whichever node looks, also after a start")
  func steps() async throws {
    _ = try await delivery.turn(sink)
    try await fixture.addSecret("one", expiringIn: 40 * SecretExpiryTests.day)
    try await fixture.addSecret("never", expiringIn: 4000 * SecretExpiryTests.day)
    var found: [Int64: [String]] = [:]
    for hour in 0..<Int64(24 * 42) {
      let before = told.count
      // One that was just made knows nothing of what was told, as after a start.
      _ = try await fixture.delivery([.secretExpiring], node: "node \(hour % 2)").turn(sink)
      if told.count > before { found[hour] = Array(told[before...]) }
      fixture.clocks.advance(seconds: 3600)
    }
    #expect(found == [240: ["one 30"], 24 * 33: ["one 7"], 24 * 39: ["one 1"]])
    #expect(Set(sink.told.map(\.id)).count == 3)
  }

  @Test("At the first start each that expires soon is told as what it is by then")
  func firstStart() async throws {
    for (name, days) in [("a", 20), ("b", 3), ("c", 0.5), ("d", -1), ("e", 31)] {
      try await fixture.addSecret(name, expiringIn: Int64(days * Double(SecretExpiryTests.day)))
    }
    _ = try await delivery.turn(sink)
    #expect(Set(told) == ["a 30", "b 7", "c 1"])
    _ = try await delivery.turn(sink)
    #expect(told.count == 3)
  }

  @Test("One that is made to be valid for less is told only of what is still ahead")
  func shortLived() async throws {
    let delivery = delivery
    _ = try await delivery.turn(sink)
    fixture.clocks.advance(seconds: 600)
    _ = try await delivery.turn(sink)
    try await fixture.addSecret("short", expiringIn: 5 * SecretExpiryTests.day)
    fixture.clocks.advance(seconds: 600)
    _ = try await delivery.turn(sink)
    #expect(told == [])
    fixture.clocks.advance(seconds: 4 * SecretExpiryTests.day)
    _ = try await delivery.turn(sink)
    #expect(told == ["short 1"])
  }

  @Test("A secret that was replaced in time is not told any more")
  func replaced() async throws {
    _ = try await delivery.turn(sink)
    let id = try await fixture.addSecret("one", expiringIn: 31 * SecretExpiryTests.day)
    fixture.clocks.advance(seconds: 2 * SecretExpiryTests.day)
    _ = try await delivery.turn(sink)
    let event = AuditEvent(time: fixture.now, actor: "test", action: .clientSecretRevoked, subject: "a")
    try await fixture.store.updateClient(id, audit: event) { client throws(StoreError) in client.secrets = []
    }
    fixture.clocks.advance(seconds: 25 * SecretExpiryTests.day)
    _ = try await delivery.turn(sink)
    #expect(told == ["one 30"])
  }

  @Test("What could not be told in time is told as what it is by then, and what has expired is not")
  func late() async throws {
    let delivery = delivery
    _ = try await delivery.turn(sink)
    try await fixture.addSecret("late", expiringIn: 31 * SecretExpiryTests.day)
    try await fixture.addSecret("gone", expiringIn: 30 * SecretExpiryTests.day + 7200)
    fixture.clocks.advance(seconds: 2 * SecretExpiryTests.day)
    sink.fail(DeliveryFailure("down"))
    _ = try await delivery.turn(sink)
    fixture.clocks.advance(seconds: 28 * SecretExpiryTests.day + 10_000)
    _ = try await delivery.turn(sink)
    #expect(told == ["late 1"])
  }

  @Test("Many that expire at one moment are told, each once")
  func many() async throws {
    let delivery = delivery
    _ = try await delivery.turn(sink)
    for index in 0..<50 {
      try await fixture.addSecret("s", expiringIn: 31 * SecretExpiryTests.day, of: "client-\(index)")
    }
    fixture.clocks.advance(seconds: 2 * SecretExpiryTests.day)
    _ = try await delivery.turn(sink)
    #expect(sink.told.count == 50 && Set(sink.told.map(\.id)).count == 50)
    _ = try await delivery.turn(sink)
    #expect(sink.told.count == 50)
  }
}
