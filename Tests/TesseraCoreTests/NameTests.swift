import TesseraStoreTesting
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What a name is, and when two are the same.
@Suite struct NameTests {
  private func isName(_ text: String) -> Bool { (try? DisplayName(text)) != nil }

  @Test func isKeptInNFC() throws {
    #expect(Array(try DisplayName("Cafe\u{301}").text.utf8) == Array("Caf\u{E9}".utf8))
    #expect(
      Array(try DisplayName("Ａ ﬁ\u{3000}x").text.utf8) == Array("Ａ ﬁ\u{3000}x".utf8),
      "what can be told apart stays"
    )
  }

  @Test func hasAsManyCharactersAndBytesAsItMay() {
    #expect(isName(String(repeating: "x", count: 100)) && !isName(String(repeating: "x", count: 101)))
    #expect(isName("x") && !isName(""))
    // 100 characters of 4 bytes each, and one letter with as many marks as bytes are left, and one more.
    #expect(isName(String(repeating: "😀", count: 100)))
    let marks = String(repeating: "\u{337}", count: 199)
    #expect(isName("xy" + marks) && !isName("xyz" + marks))
  }

  @Test(arguments: ["می\u{200C}خواهم", "نامه\u{200C}ها", "ශ්\u{200D}රී ලංකා", "क्\u{200D}ष", "കര്\u{200D}"])
  func hasTheJoinersThatItsLanguageNeeds(text: String) {
    // A joiner at the end is not between letters.
    #expect(isName(text) == !text.unicodeScalars.last!.properties.isDefaultIgnorableCodePoint)
  }

  @Test(arguments: [
    "a\u{200C}b", "a\u{200D}b", "\u{200C}می", "می\u{200C}", "می \u{200C}خ", "می\u{200D}خ", "👩\u{200D}💻",
    "می\u{200C}\u{200C}خ",
  ])
  func hasNoJoinersThatNothingNeeds(text: String) {
    #expect(!isName(text))
  }

  @Test(
    arguments: [
      0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0xAD, 0x34F, 0x61C, 0x115F, 0x17B4, 0x180E, 0x200B, 0x200E,
      0x200F,
      0x2028, 0x2029, 0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0x2800, 0x3164, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFFE,
      0xE0041,
      0xE0100,
    ] as [UInt32]
  )
  func hasNothingThatNobodySees(value: UInt32) throws {
    let scalar = String(try #require(Unicode.Scalar(value)))
    #expect(!isName("a" + scalar + "b") && !isName("a" + scalar) && !isName(scalar))
  }

  @Test(arguments: [" ", "\u{A0}", "\u{2003}", "\u{3000}"])
  func hasBlanksBetweenWordsOnly(blank: String) {
    #expect(isName("a" + blank + "b"))
    #expect(!isName(blank + "a") && !isName("a" + blank) && !isName(blank))
  }

  @Test func beginsWithNoMark() {
    #expect(!isName("\u{301}a") && isName("a\u{301}"))
  }

  @Test(arguments: [
    ("Café", "cafe\u{301}"), ("STRASSE", "straße"), ("Σας", "ΣΑΣ"), ("ＡＢＣ", "abc"), ("ﬁx", "FIX"),
    ("a  b", "a b"), ("a\u{A0}b", "A B"), ("می\u{200C}خواهم", "میخواهم"), ("Å", "\u{212B}"), ("ǆ", "Ǆ"),
  ])
  func isTheSameWhenItLooksOrTravelsAlike(left: String, right: String) {
    #expect(Name.key(of: left) == Name.key(of: right))
  }

  @Test(arguments: [("a", "b"), ("a b", "ab"), ("cafe", "café"), ("a-b", "a_b"), ("1", "l"), ("", "a")])
  func isAnotherWhenItDiffersOtherwise(left: String, right: String) {
    #expect(Name.key(of: left) != Name.key(of: right))
  }
}

/// The rule where operators meet it.
@Suite struct NamedThingTests {
  @Test func everyNameIsCheckedAndKeptInNFC() async throws {
    try await TestServer.run { server in
      let administration = server.administration
      let client = try await server.makeClient {
        $0.name = "Cafe\u{301}"
        $0.claims = ["tenant": "Cafe\u{301}"]
      }
      let stored = try await administration.client("CAF\u{C9}")
      #expect(stored.id == client.id)
      #expect(Array(stored.name.utf8) == Array("Caf\u{E9}".utf8))
      #expect(stored.claims["tenant"].map { Array($0.utf8) } == Array("Caf\u{E9}".utf8))
      let secret = try await administration.addSecret(to: client.id, named: "Cle\u{301}")
      #expect(Array(secret.stored.name.utf8) == Array("Cl\u{E9}".utf8))
      let bad = " x"
      await #expect(throws: AdministrationError.self) { try await server.makeClient { $0.name = bad } }
      await #expect(throws: AdministrationError.self) {
        try await server.makeClient { $0.claims = ["tenant": bad] }
      }
      await #expect(throws: AdministrationError.self) {
        try await administration.addSecret(to: client.id, named: bad)
      }
      await #expect(throws: AdministrationError.self) {
        try await administration.createScope(
          "new",
          description: bad,
          resource: Administration.standardResource
        )
      }
      await #expect(throws: AdministrationError.self) {
        try await administration.createResource("https://new.example", description: bad)
      }
    }
  }

  @Test func aSecretIsFoundByItsNameInAnySpelling() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      _ = try await server.administration.addSecret(to: client.id, named: "Next Year")
      await #expect(throws: AdministrationError.self) {
        try await server.administration.addSecret(to: client.id, named: "next  year")
      }
      try await server.administration.revokeSecret(named: "NEXT YEAR", of: client.id)
      #expect(try await server.administration.client(client.id.rawValue).secrets.map(\.name) == ["default"])
    }
  }

  @Test(arguments: [
    ("x", true), ("a b", true), (String(repeating: "x", count: 255), true),
    (String(repeating: "x", count: 256), false),
    (" x", false), ("x ", false), (" ", false), ("", false), ("é", false), ("a\tb", false),
  ])
  func anIDHasBlanksBetweenItsCharactersOnly(id: String, isAllowed: Bool) async throws {
    try await TestServer.run { server in
      let client = try? await server.makeClient { $0.id = id }
      #expect(client?.id.rawValue == (isAllowed ? id : nil))
    }
  }
}
