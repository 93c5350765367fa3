import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// Owner, contact, labels and quota as operators write them.
@Suite struct ClientPropertyTests {
  @Test(arguments: [
    "", " ", " a", "a ", "a\u{0}b", "a\nb", "a\u{202E}b", "a\u{200B}", String(repeating: "a", count: 101),
    String(repeating: "a", count: 10_000),
  ])
  func whatIsNoNameIsRefusedAndItsFieldIsNamed(text: String) {
    for field in [AdministrationError.Field.owner, .contact] {
      #expect(failure { () throws(AdministrationError) in _ = try DisplayName(text, of: field) } == field)
    }
    #expect(failure { () throws(AdministrationError) in _ = try ClientLabels(["a": text]) } == .labels)
  }

  @Test(arguments: [
    "", " ", "a b", "-a", ".a", "a=b", "ä", "a\u{0}", "a\u{202E}", String(repeating: "a", count: 64),
    String(repeating: "a", count: 10_000),
  ])
  func whatIsNoNameOfALabelIsRefused(name: String) {
    #expect(failure { () throws(AdministrationError) in _ = try ClientLabels([name: "x"]) } == .labels)
    var filter = ClientFilter()
    if name != "a=b" {
      #expect(failure { () throws(AdministrationError) in try filter.require(label: name) } == .labels)
    }
  }

  @Test func aClientHasThirtyTwoLabels() throws {
    func labels(_ count: Int) -> [String: String] {
      Dictionary(uniqueKeysWithValues: (0..<count).map { ("label-\($0)", "x") })
    }
    #expect(try ClientLabels(labels(32)).byName.count == 32)
    for count in [33, 1000] {
      #expect(
        failure { () throws(AdministrationError) in _ = try ClientLabels(labels(count)) } == .labels
      )
    }
    let longest = String(repeating: "a", count: 63)
    #expect(try ClientLabels([longest: "ä 客"]).byName == [longest: "ä 客"])
  }

  /// What is changed, of which quota, and what becomes of it; an error names its field.
  private struct Case: Sendable {
    var before: Quota?
    var perMinute: Int??
    var burst: Int??
    var isLogOnly: Bool?
    var after: Quota?
    var error: AdministrationError.Field?
  }

  private static let cases: [Case] = [
    Case(perMinute: 600, after: Quota(perMinute: 600, burst: 600)),
    Case(perMinute: 600, burst: 100, after: Quota(perMinute: 600, burst: 100)),
    Case(perMinute: 1, isLogOnly: true, after: Quota(perMinute: 1, burst: 1, isLogOnly: true)),
    Case(perMinute: 1_000_000, burst: 1_000_000, after: Quota(perMinute: 1_000_000)),
    Case(perMinute: .some(nil), burst: .some(nil), isLogOnly: false, after: nil),
    Case(isLogOnly: false, after: nil),
    Case(before: Quota(perMinute: 60, burst: 5), perMinute: 90, after: Quota(perMinute: 90, burst: 5)),
    Case(before: Quota(perMinute: 60), perMinute: 90, after: Quota(perMinute: 90)),
    Case(before: Quota(perMinute: 60, burst: 5), burst: .some(nil), after: Quota(perMinute: 60)),
    Case(
      before: Quota(perMinute: 60, burst: 5),
      isLogOnly: true,
      after: Quota(perMinute: 60, burst: 5, isLogOnly: true)
    ),
    Case(
      before: Quota(perMinute: 60, burst: 5, isLogOnly: true),
      isLogOnly: false,
      after: Quota(perMinute: 60, burst: 5)
    ),
    Case(before: Quota(perMinute: 60), perMinute: .some(nil), after: nil),
    Case(perMinute: 0, error: .quota), Case(perMinute: -1, error: .quota),
    Case(perMinute: 1_000_001, error: .quota), Case(perMinute: .max, error: .quota),
    Case(perMinute: .min, error: .quota),
    Case(perMinute: 1, burst: 0, error: .quotaBurst), Case(perMinute: 1, burst: -1, error: .quotaBurst),
    Case(perMinute: 1, burst: 1_000_001, error: .quotaBurst),
    Case(perMinute: 1, burst: .max, error: .quotaBurst),
    Case(burst: 5, error: .quota), Case(isLogOnly: true, error: .quota),
    Case(before: Quota(perMinute: 60), perMinute: .some(nil), burst: 5, error: .quota),
  ]

  @Test(arguments: cases)
  private func aQuotaIsChanged(_ example: Case) throws {
    var change = QuotaChange()
    (change.perMinute, change.burst, change.isLogOnly) = (example.perMinute, example.burst, example.isLogOnly)
    guard let field = example.error else {
      #expect(try change.changed(example.before) == example.after)
      return
    }
    #expect(failure { () throws(AdministrationError) in _ = try change.changed(example.before) } == field)
  }

  @Test func aClientWithoutAnyOfItIsNoLargerForIt() {
    var client = Client(
      id: ClientID(validated: "a"),
      name: "a",
      scopes: [],
      createdAt: Timestamp(milliseconds: 0)
    )
    let plain = client
    client.owner = "b"
    client.labels = ["env": "prod"]
    client.quota = Quota(perMinute: 1)
    #expect(client != plain)
    (client.owner, client.labels, client.quota) = (nil, [:], nil)
    #expect(client == plain)
    #expect(MemoryLayout<Boxed<ClientExtras>?>.size == MemoryLayout<Int>.size)
  }

  @Test func aFilterLetsThroughWhatItSays() throws {
    var client = Client(
      id: ClientID(validated: "a"),
      name: "Lager  Süd",
      scopes: [],
      createdAt: Timestamp(milliseconds: 0)
    )
    (client.owner, client.labels) = ("Team A", ["env": "prod", "tier": "a=b"])
    func passes(_ narrow: (inout ClientFilter) throws(AdministrationError) -> Void) throws -> Bool {
      var filter = ClientFilter()
      try narrow(&filter)
      return filter.passes(client)
    }
    for part in ["lager", "GER S", "süd", "su\u{308}d", "Lager Süd", " d"] {
      #expect(
        try passes { filter throws(AdministrationError) in try filter.require(nameWith: part) },
        "\(part)"
      )
    }
    for part in ["sud", "lagersüd", "x", "%", "_", "*"] {
      #expect(
        try !passes { filter throws(AdministrationError) in try filter.require(nameWith: part) },
        "\(part)"
      )
    }
    for part in ["", " ", "\u{200B}", String(repeating: "a", count: 401)] {
      var filter = ClientFilter()
      #expect(failure { () throws(AdministrationError) in try filter.require(nameWith: part) } == .name)
    }
    for (owner, expected) in [("team a", true), ("Team", false), ("Team B", false)] {
      #expect(
        try passes { filter throws(AdministrationError) in try filter.require(owner: owner) } == expected
      )
    }
    for (label, expected) in [
      ("env", true), ("env=prod", true), ("tier=a=b", true), ("env=test", false), ("ENV", false),
      ("other", false),
    ] {
      #expect(
        try passes { filter throws(AdministrationError) in try filter.require(label: label) } == expected,
        "\(label)"
      )
    }
    #expect(
      try !passes { filter throws(AdministrationError) in
        try filter.require(label: "env")
        try filter.require(label: "other")
      },
      "all of them"
    )
    #expect(try passes { $0.isEnabled = true } && !passes { $0.isEnabled = false })
    #expect(try passes { _ in })
  }

  @Test func aListThatIsNarrowedLooksAtSoManyAtATime() async throws {
    try await TestServer.run { server in
      for number in 0..<20 {
        let client = try await server.makeClient { $0.id = "client-\(10 + number)" }
        if number.isMultiple(of: 7) { try await server.change(client) { $0.labels = ["env": "prod"] } }
      }
      var filter = ClientFilter()
      try filter.require(label: "env=prod")
      var (found, last, pages): ([String], ClientID?, Int) = ([], nil, 0)
      repeat {
        let page = try await server.administration.clients(passing: filter, after: last, limit: 2)
        #expect(page.elements.count <= 2)
        found += page.elements.map(\.id.rawValue)
        (last, pages) = (page.next, pages + 1)
      } while last != nil
      #expect(found == ["client-10", "client-17", "client-24"] && pages == 2)
    }
  }

  private func failure(_ body: () throws(AdministrationError) -> Void) -> AdministrationError.Field? {
    do throws(AdministrationError) {
      try body()
      return nil
    } catch {
      guard case .invalid(let field, let text) = error else { return nil }
      // Nothing of thousands of characters in a message.
      return text.utf8.count < 400 ? field : nil
    }
  }
}
