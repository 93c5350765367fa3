package import TesseraCore
import TesseraJOSE
import TesseraStoreTesting
import TesseraSupport

/// A client with its secret in clear.
package struct TestClient: Sendable {
  package let id: ClientID
  package let secret: String

  package init(id: ClientID, secret: String) {
    self.id = id
    self.secret = secret
  }

  /// A token request with the credentials in the form.
  ///
  /// A parameter given here replaces the usual one; nil leaves it out. Scopes are given with commas, whatever
  /// separates them at the door.
  package func tokenForm(_ changes: [String: String?] = [:]) -> [(String, String)] {
    let usual = [
      ("grant_type", "client_credentials"), ("client_id", id.rawValue), ("client_secret", secret),
      ("scope", "item"),
    ]
    var form = usual.compactMap { name, value -> (String, String)? in
      guard let change = changes[name] else { return (name, value) }
      return change.map { (name, $0) }
    }
    for (name, value) in changes.sorted(by: { $0.key < $1.key })
    where !usual.contains(where: { $0.0 == name }) {
      if let value { form.append((name, value)) }
    }
    return form.map { $0 == "scope" ? ($0, $1.replacing(",", with: Door.current.scopeSeparator)) : ($0, $1) }
  }

  /// A token request with the credentials in the form.
  package func tokenRequest(_ changes: [String: String?] = [:]) -> TestRequest {
    TestRequest(form: tokenForm(changes))
  }

  /// A token request with the credentials in a Basic header, form-encoded (RFC 6749 §2.3.1).
  package func basicTokenRequest(_ changes: [String: String?] = [:]) -> TestRequest {
    let withoutCredentials: [String: String?] = ["client_id": nil, "client_secret": nil]
    return TestRequest(form: tokenForm(withoutCredentials.merging(changes) { $1 }))
      .basic(formEncoded(id.rawValue), formEncoded(secret))
  }
}

/// What an operator writes of a new client, unchecked.
package struct TestRegistration: Sendable {
  package var name = "client \(ClientID.random(using: .system))"
  package var scopes = ["item", "event", "profile", "promotion"]
  package var id: String?
  package var grantTypes: [GrantType]?
  package var tokenLifetime: Int?
  package var secretExpiresInDays: Int?
  package var importedSecret: String?
  package var defaultScopes: [String] = []
  package var tokenFormat = TokenFormat.current
  package var claims: [String: String] = [:]
  package var authenticationMethod: ClientAuthenticationMethod?
  package var introspectedResources: [String] = []

  package init() {}

  /// The same, checked.
  package func checked() throws(AdministrationError) -> ClientRegistration {
    var registration = ClientRegistration(
      name: try DisplayName(name, of: .name),
      scopes: try [Scope](names: scopes, of: .scopes)
    )
    if let id { registration.id = try ClientID(new: id) }
    registration.grantTypes = grantTypes
    registration.tokenLifetime = tokenLifetime
    if let days = secretExpiresInDays { registration.secretLifetime = try SecretLifetime(days: days) }
    if let importedSecret { registration.importedSecret = try ClientSecret(existing: importedSecret) }
    registration.defaultScopes = try [Scope](names: defaultScopes, of: .defaultScopes)
    registration.tokenFormat = tokenFormat
    registration.claims = try ClientClaims(claims)
    registration.authenticationMethod = authenticationMethod
    for uri in introspectedResources {
      registration.introspectedResources.append(try Resource(existing: uri))
    }
    return registration
  }
}

extension TestServer {
  /// Registers a client with all four scopes.
  package func makeClient(_ change: (inout TestRegistration) -> Void = { _ in }) async throws -> TestClient {
    var registration = TestRegistration()
    change(&registration)
    let (client, secret) = try await administration.registerClient(registration.checked())
    return TestClient(id: client.id, secret: secret?.exposed ?? "")
  }

  /// Changes something of a client and makes it count at once, as on a node that made the change itself.
  package func change(_ client: TestClient, _ change: @escaping @Sendable (inout Client) -> Void) async throws
  {
    try await store.updateClient(
      client.id,
      audit: AuditEvent(
        time: clocks.wall.now,
        actor: "test",
        action: .clientUpdated,
        subject: client.id.rawValue
      )
    ) { client throws(StoreError) in change(&client) }
    try await directory.catchUp()
  }
}
