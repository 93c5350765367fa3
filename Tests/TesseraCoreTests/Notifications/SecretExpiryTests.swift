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
      if case .expiry(let credential, let lead) = event.content {
        "\(credential.name) \(lead.rawValue)"
      } else {
        ""
      }
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

  @Test("Keys and certificates are told as secrets are, to those who want to know of them")
  func keys() async throws {
    let kinds: [SecurityEventKind] = [.secretExpiring, .clientKeyExpiring]
    let sinks = [TestSink(batchSize: 1), TestSink(batchSize: 1), TestSink(batchSize: 1)]
    let wanted: [Set<SecurityEventKind>] = [Set(kinds), [kinds[0]], [kinds[1]]]
    let id = try await fixture.addSecret("secret", expiringIn: 3 * SecretExpiryTests.day)
    let pair = try #require(SigningAlgorithm.es256.generate(.system))
    let (now, day) = (fixture.now, SecretExpiryTests.day)
    let event = AuditEvent(time: now, actor: "test", action: .clientKeyAdded, subject: "a")
    try await fixture.store.updateClient(id, audit: event) { client throws(StoreError) in
      func key(_ name: String, _ material: ClientKey.Material, _ days: Int64?) -> ClientKey {
        let end = days.map { now.advanced(bySeconds: $0 * day) }
        return ClientKey(name: name, material: material, createdAt: now, expiresAt: end)
      }
      client.keyMetadata.keys = [
        key("never", .key(JWK(pair.publicMaterial, for: .es256)), nil),
        key("key", .key(JWK(pair.publicMaterial, for: .es256)), 2),
        key("certificate", .certificate([1]), 4), key("later", .certificate([2]), 300),
      ]
    }
    for (sink, kinds) in zip(sinks, wanted) {
      let delivery = fixture.delivery(kinds, named: "\(kinds.count) \(kinds.contains(.secretExpiring))")
      _ = try await delivery.turn(sink)
      _ = try await delivery.turn(sink)
    }
    let told = sinks.map { sink in
      sink.told.map { event in
        if case .expiry(let credential, _) = event.content {
          "\(event.kind.name) \(credential.name)"
        } else {
          ""
        }
      }
    }
    let (key, secret) = ("client.key.expiring", "secret.expiring secret")
    #expect(told[0] == ["\(key) key", secret, "\(key) certificate"])
    #expect(told[1] == [secret])
    #expect(told[2] == ["\(key) key", "\(key) certificate"])
    #expect(Set(sinks[0].told.map(\.id)).count == 3)
    #expect(sinks[2].told.map { $0.payload.text() }.first?.contains(#""key":"key","expires_at""#) == true)
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
