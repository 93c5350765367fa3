import Foundation
import TesseraCore
import TesseraServer
import Testing

/// What is taken from a file, and where it says that it is broken.
@Suite struct DeclarationFileTests {
  private func parse(_ text: String) throws -> Declaration {
    try DeclarationFile.parse(Data(text.utf8), named: "f")
  }

  @Test(arguments: [
    """
    # Comments are taken.
    clients:
      - name: Warehouse sync
        client_id: "123"
        scopes: [item, "event"]
        token_lifetime: 600
        claims: {tenant: x}
        enabled: true
        allowed_addresses: [10.0.0.1, 2001:db8::/32]
    scopes:
    """,
    """
    {"clients": [{"name": "Warehouse sync", "client_id": "123", "scopes": ["item", "event"], "token_lifetime": 600,
      "claims": {"tenant": "x"}, "enabled": true, "allowed_addresses": ["10.0.0.1", "2001:db8::/32"]}], "scopes": []}
    """,
  ])
  func yamlAndJSONSayTheSame(text: String) throws {
    let declaration = try parse(text)
    #expect(declaration.entries[.scopes]?.isEmpty == true && declaration.entries[.resources] == nil)
    let client = try #require(declaration.entries[.clients]?.first)
    #expect(
      client.members.mapValues(\.value) == [
        "name": .text("Warehouse sync"), "client_id": .text("123"), "scopes": .texts(["item", "event"]),
        "token_lifetime": .integer(600), "claims": .map(["tenant": "x"]), "enabled": .boolean(true),
        "allowed_addresses": .texts(["10.0.0.1", "2001:db8::/32"]),
      ]
    )
  }

  private static let client = "clients:\n  - name: a\n    "

  private static let broken: [(text: String, said: String)] = [
    ("", "f: this declares nothing"), ("# nothing", "f: this declares nothing"),
    ("clients: 1", "f:1:10: clients has to be a list"), ("- a", "f:1:1: a file has to have lists"),
    ("x", "f:1:1: a file has to have lists"),
    ("client: []", "f:1:1: there is no 'client'; 'clients' was meant"),
    ("clients:\n  - a", "f:2:5: a client has to have names and values"),
    ("clients:\n  - scopes: [a]", "f:2:5: this client has no name"),
    ("scopes:\n  - name: a\n    description: b", "f:2:5: this scope has no resource"),
    (client + "scope: [a]", "f:3:5: there is no 'scope'; 'scopes' was meant"),
    (client + "scopes: a", "f:3:13: scopes has to be a list"),
    (client + "scopes: [[a]]", "f:3:14: each of scopes has to be a text"),
    (client + "scopes: [1]", "f:3:14: each of scopes has to be a text, and this is a number"),
    (client + "client_id: 1e5", "f:3:16: client_id has to be a text, and this is a number"),
    (client + "client_id: yes", "f:3:16: client_id has to be a text, and this is true or false"),
    (client + "client_id: 2026-01-01", "f:3:16: client_id has to be a text, and this is a date"),
    (client + "client_id:", "f:3:15: client_id has to be a text, and this is nothing"),
    (client + "token_lifetime: a", "f:3:21: token_lifetime has to be a whole number"),
    (client + "token_lifetime: 010", "f:3:21: token_lifetime has to be a whole number"),
    (client + "token_lifetime: \"10\"", "f:3:21: token_lifetime has to be a whole number"),
    (client + "token_lifetime: 99999999999999999999", "f:3:21: token_lifetime has to be a whole number"),
    (client + "enabled: yes", "f:3:14: enabled has to be true or false"),
    (client + "token_format: JWT", "f:3:19: token_format has to be one of opaque, jwt"),
    (client + "claims: [a]", "f:3:13: claims has to have names and values"),
    (client + "claims: {a: [b]}", "f:3:17: claims.a has to be a text"),
    (client + "name: b", "f:2:5: 'name' is given twice"),
    ("clients: []\nclients: []", "f:1:1: 'clients' is given"),
    (client + "scopes: &a [b]", "f:3:13: anchors and aliases"),
    ("clients:\n  - &a\n    name: a\n  - *a", "f:2:5: anchors and aliases"),
    (client + "client_id: *b", "f:3:16: found undefined alias"),
    (client + "client_id: !!binary aGk=", "f:3:16: a tag (!) is not taken"),
    (client + "client_id: !x y", "f:3:16: a tag (!) is not taken"),
    ("clients: []\n---\nclients: []", "f:2:1: expected a single document"),
    ("clients:\n\t- name: a", "f:2:1: a tab is not taken"),
    (client + "client_id: a\u{0}b", "f:3:17: the character U+0"),
    (client + "client_id: a\u{85}b", "f:3:17: the character U+85"),
    ("clients: []\r \n", "f:1:13: the character U+D"), ("clients: [", "f:2:1: "),
    (client + "client_id: \"a", "f:3:18: "), (client + " scopes: [a]", "f:3:12: "),
    (client + "client_id: \"\\ud800\"", "f:3:19: "),
    ("? [a]\n: b", "f:1:3: a name has to be a text"),
  ]

  @Test(arguments: DeclarationFileTests.broken.indices)
  func aBrokenFileSaysWhere(index: Int) {
    let (text, said) = DeclarationFileTests.broken[index]
    let error = #expect(throws: DeclarationError.self, "\(text)") { try parse(text) }
    #expect(error?.description.hasPrefix(said) == true, "\(error?.description ?? "") for \(text)")
  }

  @Test func whatIsNoUTF8IsRefusedWhereItIs() {
    let error = #expect(throws: DeclarationError.self) {
      try DeclarationFile.parse(Data("clients: []\n# é".utf8) + [0xFF], named: "f")
    }
    #expect(error?.description == "f:2:4: this is not UTF-8")
  }

  @Test func bombsAndHugeFilesAreRefusedAtOnce() {
    let levels = 60
    let values = (0..<levels).map { "a\($0): &a\($0) [\($0 == 0 ? "x" : "*a\($0 - 1), *a\($0 - 1)")]" }
    let keys = ["? &k0 [x]\n: y"] + (1..<levels).map { "? &k\($0) [*k\($0 - 1), *k\($0 - 1)]\n: y" }
    let nested = [
      String(repeating: "[", count: 100_000), "clients: " + String(repeating: "{a: ", count: 100_000),
    ]
    let huge = "# " + String(repeating: "x", count: DeclarationFile.maximumSize)
    for text in [values.joined(separator: "\n"), keys.joined(separator: "\n"), huge] + nested {
      #expect(throws: DeclarationError.self) { try parse(text) }
    }
  }

  @Test func textsAreReadAsTheyAreWritten() throws {
    let texts = [
      "a", "Warehouse sync", "yes", "null", "1", "1e5", "2026-01-01", "a: b", "a #b", "- a", "it's", "\"",
      "\\", "é 😀",
      "*a", "&a", "[a]", "{a}", "https://a.example/x?y=z", "urn:a:b", "orders:read", "a,b", "a:", "=", "%a",
      "@a", "|", ">",
      "~", ".inf", "0x10", "1:30", "a\u{301}", "10.0.0.0/8", "2001:db8::/32", "…", "a\u{A0}b",
    ]
    for text in texts {
      let written = PlainText.written(text)
      let flow = try parse(
        "clients:\n  - name: \(written)\n    scopes: [\(written), \(written)]\n    claims:\n      \(written): \(written)"
      )
      let members = try #require(flow.entries[.clients]?.first).members
      #expect(members["name"]?.value == .text(text), "\(written)")
      #expect(members["scopes"]?.value == .texts([text, text]), "\(written)")
      #expect(members["claims"]?.value == .map([text: text]), "\(written)")
    }
  }
}
