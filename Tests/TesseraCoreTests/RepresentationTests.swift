import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What the command line prints and the API answers, member by member.
@Suite struct RepresentationTests {
  private let time = Timestamp(milliseconds: 1_691_671_317_000)

  private func client() throws -> Client {
    var client = Client(
      id: try ClientID(new: "a"),
      name: "Warehouse",
      scopes: ScopeSet(try [Scope](names: ["item", "event"], of: .scopes)),
      claims: ["zone": "b", "tenant": "a"],
      createdAt: time
    )
    client.secrets = [
      StoredSecret(
        name: "default",
        hash: .keyed(try #require(SecretDigest(bytes: [UInt8](repeating: 1, count: 32)))),
        createdAt: time,
        expiresAt: nil
      )
    ]
    return client
  }

  @Test func aClient() throws {
    let json = ClientRepresentation(try client(), lifetime: TokenLifetime()).json
    #expect(
      json.text() == #"{"client_id":"a","name":"Warehouse","scopes":["item","event"],"default_scopes":[],"#
        + #""token_format":"opaque","claims":{"tenant":"a","zone":"b"},"token_lifetime":3600,"enabled":true,"#
        + #""authentication_method":null,"introspects":[],"allowed_addresses":[],"owner":null,"contact":null,"labels":{},"#
        + #""quota":null,"quota_burst":null,"quota_log_only":false,"grant_types":["client_credentials"],"#
        + #""secrets":[{"name":"default","created_at":"2023-08-10T12:41:57.000Z","expires_at":null,"prefix":null}],"#
        + #""keys":[],"jwks_uri":null,"certificate_subject":{},"dpop_bound_access_tokens":false,"#
        + #""tls_client_certificate_bound_access_tokens":false,"strict_assertions":false,"profile":null,"trusts":[],"#
        + #""tokens_not_before":null,"created_at":"2023-08-10T12:41:57.000Z","#
        + #""updated_at":"2023-08-10T12:41:57.000Z","version":1}"#
    )
  }

  @Test func whatAClientHasBesides() throws {
    var client = try client()
    client.owner = "Warehouse team"
    client.contact = "warehouse@example.com"
    client.labels = ["team": "b", "env": "prod"]
    client.quota = Quota(perMinute: 600, burst: 100, isLogOnly: true)
    let text = ClientRepresentation(client, lifetime: TokenLifetime()).json.text()
    #expect(
      text.contains(
        #""owner":"Warehouse team","contact":"warehouse@example.com","labels":{"env":"prod","team":"b"},"#
          + #""quota":600,"quota_burst":100,"quota_log_only":true,"#
      )
    )
  }

  @Test func aSecretIsShownByWhatHasJustMadeItOnly() throws {
    let (client, secret) = (try client(), try ClientSecret(existing: "correct horse"))
    let stored = client.secrets[0]
    let shown = #""client_secret":"correct horse""#
    for (new, member) in [
      (NewSecret.shown(secret), shown), (.kept(file: "/f"), #""client_secret_file":"/f""#),
    ] {
      let made = NewClientRepresentation(client, secret: new, lifetime: TokenLifetime()).json.text()
      #expect(
        made == #"{"client_id":"a",\#(member),"name":"Warehouse","scopes":["item","event"],"#
          + #""token_lifetime":3600}"#
      )
      let added = NewSecretRepresentation(new, stored, of: client.id).json.text()
      #expect(added == #"{"client_id":"a",\#(member),"secret":"default"}"#)
    }
    let others: [any Representation] = [
      ClientRepresentation(client, lifetime: TokenLifetime()), SecretRepresentation(stored),
      NewClientRepresentation(client, secret: nil, lifetime: TokenLifetime()),
    ]
    for other in others { #expect(!other.json.text().contains("client_secret")) }
  }

  @Test func aKeyHasItsStateWhereThatIsKnown() async throws {
    try await TestServer.run { server in
      let keys = try await server.administration.keys()
      let signing = try #require(keys.first { $0.key.use == .signing(.es256) })
      let plain = KeyRepresentation(signing.key).json.text()
      let whole = KeyRepresentation(signing).json.text()
      #expect(plain.hasPrefix(#"{"number":2,"use":"ES256","created_at":"#) && !plain.contains("state"))
      #expect(whole.hasPrefix(String(plain.dropLast())))
      #expect(whole.contains(#""state":"active","kid":""#) && whole.hasSuffix(#""retires_at":null}"#))
    }
  }
}
