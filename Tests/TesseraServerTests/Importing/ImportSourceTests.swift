import Foundation
import TesseraCore
import Testing

@testable import TesseraServer

/// Files as other services write them, whole and broken.
@Suite struct ImportSourceTests {
  private static let folder = URL(filePath: #filePath).appending(path: "../../../Fixtures/import")
    .standardized

  private static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }

  private static func read(_ source: ImportSource, _ text: String) throws -> [ForeignClient] {
    try source.clients(in: Array(text.utf8))
  }

  private static func secret(_ client: ForeignClient) -> String? {
    if case .clear(let secret) = client.secret { secret.exposed } else { nil }
  }

  private static func hashName(_ client: ForeignClient) -> String? {
    if case .hash(let hash) = client.secret { hash.hashing.name } else { nil }
  }

  @Test func hydraListsClientsWithoutSecrets() throws {
    let clients = try ImportSource.hydra.clients(in: try ImportSourceTests.bytes("hydra-list.json"))
    #expect(clients.map(\.id) == ["6f0b8c1e-5f8f-4c9e-9f64-0f7b1f0d2a11", "web-shop", "signer"])
    #expect(clients.map { $0.objection != nil } == [false, true, true])
    #expect(clients[0].name == "Billing worker" && clients[0].scopes == ["item", "event", "offline_access"])
    #expect(clients[0].tokenLifetime == 3600)
    #expect(clients[1].place == "line 30, column 5", "\(clients[1].place)")
    guard case .missing = clients[0].secret else {
      Issue.record("there is no secret in the list")
      return
    }
  }

  @Test func hydrasTableHasTheHashes() throws {
    let clients = try ImportSource.hydra.clients(in: try ImportSourceTests.bytes("hydra-rows.json"))
    #expect(clients.map(\.id) == ["billing", "ledger"])
    #expect(clients.map(\.name) == ["Billing worker", nil])
    #expect(clients.map(ImportSourceTests.hashName) == ["pbkdf2-sha256", "bcrypt"])
    #expect(clients.map(\.tokenLifetime) == [3600, nil])
    #expect(clients.allSatisfy { $0.objection == nil })
    #expect(clients[1].remarks == ["left behind of its grants: authorization_code"])
  }

  @Test func hydraGivesOneClientToo() throws {
    let one =
      #"{"client_id":"a","grant_types":["client_credentials"],"scope":"item","client_secret":"s3cret-of-a"}"#
    #expect(try ImportSourceTests.read(.hydra, one).map(ImportSourceTests.secret) == ["s3cret-of-a"])
    #expect(try ImportSourceTests.read(.hydra, "[\(one),\n \(one)]").map(\.place).last == "line 2, column 2")
    #expect(try ImportSourceTests.read(.hydra, #"{"items":[]}"#).isEmpty)
    #expect(try ImportSourceTests.read(.hydra, "[]").isEmpty)
  }

  @Test(
    arguments: [
      (#""1h30m0s""#, 5400), (#""90s""#, 90), (#""1.5s""#, 1), (#""""#, nil), ("null", nil),
      ("1800000000000", 1800),
    ] as [(String, Int?)]
  )
  func hydraWritesDurationsInTwoWays(text: String, seconds: Int?) throws {
    let client = """
      {"id":"a","grant_types":["client_credentials"],"client_credentials_grant_access_token_lifespan":\(text)}
      """
    #expect(try ImportSourceTests.read(.hydra, client).map(\.tokenLifetime) == [seconds])
  }

  @Test func keycloaksRealmHasServiceAccountsAmongOthers() throws {
    let clients = try ImportSource.keycloak.clients(in: try ImportSourceTests.bytes("keycloak-realm.json"))
    #expect(clients.map(\.id) == ["account", "warehouse", "reports", "https://saml.example/metadata"])
    #expect(clients.map { $0.objection != nil } == [true, false, false, true])
    #expect(clients[1].scopes == ["item", "event"] && clients[1].defaultScopes == ["item"])
    #expect(clients[1].tokenLifetime == 600 && clients[1].name == "Warehouse" && clients[1].isEnabled)
    #expect(ImportSourceTests.secret(clients[1]) == "Zk3vQ8rT1xLw6Yb9Nf2Hc7Ds4Jg5Mp0A")
    #expect(!clients[2].isEnabled && clients[0].name == nil)
    guard case .missing(let reason) = clients[2].secret else {
      Issue.record("stars are no secret")
      return
    }
    #expect(reason.contains("kc.sh export"))
  }

  @Test func auth0HasScopesInClientGrants() throws {
    let clients = try ImportSource.auth0.clients(
      in: try ImportSourceTests.bytes("auth0-clients.json"),
      grants: try ImportSourceTests.bytes("auth0-client-grants.json")
    )
    #expect(clients.map { $0.objection != nil } == [true, false, true])
    #expect(clients.map(\.scopes) == [[], ["item", "read:invoices"], []])
    #expect(clients[1].defaultScopes == ["item", "read:invoices"], "who names none gets all")
    #expect(clients[1].name == "Invoice sender" && clients[1].tokenLifetime == nil)
    #expect(ImportSourceTests.secret(clients[1])?.count == 64)
    let list = try String(decoding: ImportSourceTests.bytes("auth0-clients.json"), as: UTF8.self)
    let grants = try String(decoding: ImportSourceTests.bytes("auth0-client-grants.json"), as: UTF8.self)
    let together = try ImportSourceTests.read(
      .auth0,
      #"{"start":0,"limit":50,"client_grants":\#(grants),"total":3,"clients":\#(list)}"#
    )
    #expect(together.map(\.scopes) == clients.map(\.scopes) && together.map(\.id) == clients.map(\.id))
  }

  @Test func aTableHasEveryFormOfHash() throws {
    let clients = try ImportSource.csv.clients(in: try ImportSourceTests.bytes("clients.csv"))
    #expect(clients.count == 11 && clients[0].name == "Plain, with a comma")
    #expect(clients[0].place == "line 2" && clients[10].place == "line 12")
    #expect(ImportSourceTests.secret(clients[0]) == "8cdBTxqsPzN4vGyqXuLm2wKtfR")
    #expect(
      clients.dropFirst().map(ImportSourceTests.hashName) == [
        "pbkdf2-sha256", "pbkdf2-sha512", "pbkdf2-sha256", "pbkdf2-sha256", "bcrypt", "bcrypt", "scrypt",
        "sha256",
        "sha256", "sha256",
      ]
    )
  }

  @Test func aTableMayHaveQuotesLinesAndOtherColumns() throws {
    let text =
      "name,enabled,client_id,token_lifetime,scopes\n\n\"a \"\"b\"\"\nc\",false,\" x\",60,\"item, event\"\r\n,,y,,"
    let clients = try ImportSourceTests.read(.csv, text)
    #expect(clients.map(\.name) == ["a \"b\"\nc", nil] && clients.map(\.id) == [" x", "y"])
    #expect(clients.map(\.isEnabled) == [false, true] && clients.map(\.tokenLifetime) == [60, nil])
    #expect(
      clients.map(\.scopes) == [["item", "event"], []] && clients.map(\.place) == ["line 3", "line 5"]
    )
  }

  /// What is broken, and what is said of it.
  @Test(
    arguments: [
      (.hydra, "", "the file is empty"), (.hydra, " \n", "the file is empty"),
      (.csv, "", "the file is empty"),
      (
        .hydra, "[{\"client_id\":\"a\"",
        "line 1, column 18: the file ends in the middle of something, as if it was cut"
      ),
      (
        .hydra, "[{\"client_id\":\"a\"},",
        "line 1, column 20: the file ends in the middle of something, as if it was cut"
      ),
      (.hydra, "[\n {\"client_id\":7}]", "line 2, column 2: client_id is to be a text"),
      (.hydra, "[{\"client_name\":\"a\"}]", "line 1, column 2: it has no client_id"),
      (.hydra, "[{\"client_id\":\"a\",\"client_id\":\"b\"}]", "line 1, column 2: this is not valid JSON"),
      (.hydra, "[{\"client_id\":\"a\" \"x\"}]", "line 1, column 2: this is not valid JSON"),
      (.hydra, "[[]]", "line 1, column 2: this is to be an object"),
      (.hydra, "7", "line 1, column 1: there is to be a '{'"),
      (.hydra, "{\"items\":{}}", "line 1, column 10: this is to be a list"),
      (.hydra, "{\"items\":[}]", "line 1, column 11: this is not valid JSON"),
      (
        .hydra, "[{\"client_id\":\"a\",\"grant_types\":[1]}]",
        "line 1, column 2: grant_types is to be a list of texts"
      ),
      (
        .hydra, "[{\"id\":\"a\",\"client_credentials_grant_access_token_lifespan\":\"soon\"}]",
        "line 1, column 2: client_credentials_grant_access_token_lifespan is to be a duration such as 1h0m0s"
      ),
      (.hydra, "client_id,name\na,b\n", "line 1, column 1: there is to be a '{'"),
      (
        .keycloak, "{\"clients\":[{\"clientId\":\"a\",\"enabled\":1}]}",
        "line 1, column 13: enabled is to be true or false"
      ),
      (.keycloak, "{\"realm\":\"x\"}", "line 1, column 1: it has no clientId"),
      (
        .keycloak, "[{\"clientId\":\"a\",\"attributes\":{\"access.token.lifespan\":\"x\"}}]",
        "line 1, column 2: access.token.lifespan is to be a number of seconds"
      ),
      (
        .auth0, "[{\"client_id\":\"a\",\"global\":\"no\"}]", "line 1, column 2: global is to be true or false"
      ),
      (
        .csv, "name\na\n",
        "line 1: there is no column client_id; the first line has the headings: client_id, name, scopes, default_scopes, secret, secret_hash, token_lifetime, enabled"
      ),
      (.csv, "client_id,client_id\n", "line 1: the column 'client_id' stands there twice"),
      (.csv, "client_id,name\na,b\nc\n", "line 3: it has 1 fields, and there are 2 headings"),
      (.csv, "client_id\n\"a\n", "line 2: a field in quotes does not end, as if the file was cut"),
      (
        .csv, "client_id\na\"b\n",
        "line 2: a field with a quote in it is to stand in quotes, and the quote twice"
      ),
      (
        .csv, "client_id\n\"a\"b\n",
        "line 2: there is to be a comma or the end of the line after a field in quotes"
      ),
      (.csv, "client_id\na\0b\n", "line 2: there is a NUL in it"),
      (.csv, "client_id,name\n,b\n", "line 2: it has no client_id"),
      (.csv, "client_id,token_lifetime\na,b\n", "line 2: token_lifetime is to be a number of seconds"),
      (.csv, "client_id,enabled\na,yes\n", "line 2: enabled is to be true or false"),
      (
        .csv, "client_id,secret,secret_hash\na,b,c\n",
        "line 2: it has a secret and a secret_hash; one of them is enough"
      ),
      (
        .csv, "client_id,scopes\na,\"b,,c\"\n",
        "line 2: 'b,,c' is no list of scopes; write item event, or item,event in quotes"
      ),
    ] as [(ImportSource, String, String)]
  )
  func aBrokenFileIsRefusedWithThePlace(source: ImportSource, text: String, problem: String) {
    do {
      _ = try ImportSourceTests.read(source, text)
      Issue.record("it was read")
    } catch {
      #expect("\(error)" == problem)
    }
  }

  @Test func bytesThatAreNoTextAreRefused() throws {
    for (source, bytes) in [
      (ImportSource.csv, Array("client_id\na".utf8) + [0xFF]),
      (.hydra, Array("[{\"client_id\":\"".utf8) + [0xFF] + Array("\"}]".utf8)),
    ] {
      #expect(throws: ImportFileError.self) { try source.clients(in: bytes) }
    }
  }

  @Test func nestingIsBounded() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: ImportFileError.self) { try ImportSourceTests.read(.hydra, "{\"x\":\(deep)") }
    #expect(throws: ImportFileError.self) { try ImportSourceTests.read(.hydra, deep) }
  }

  @Test func aFileIsReadUpToABound() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("client_id\na\n", to: "clients.csv")
    #expect(try ImportFile.read(file).count == 12)
    #expect(try ImportFile.read(file, atMost: 12).count == 12)
    #expect(throws: ImportFileError.self) { try ImportFile.read(file, atMost: 11) }
    #expect(throws: ImportFileError.self) { try ImportFile.read(folder.path) }
    #expect(throws: ImportFileError.self) { try ImportFile.read(folder.path + "/none") }
  }
}
