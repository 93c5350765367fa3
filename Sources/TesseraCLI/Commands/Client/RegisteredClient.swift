import TesseraCore
import TesseraServer

/// What is shown of a client right after it was registered, and only then.
struct RegisteredClient {
  let client: Client
  let secret: ClientSecret?
  /// Whether the operator brought the secret and so has it already.
  let isImported: Bool
  /// In seconds.
  let lifetime: Int

  private var secretExpiresAt: Timestamp? { client.secrets.first?.expiresAt }

  var json: JSONValue {
    var members = [JSONValue.Member("client_id", .string(client.id.rawValue))]
    if let secret { members.append(.init("client_secret", .string(secret.exposed))) }
    members += [
      .init("name", .string(client.name)), .init("scopes", JSONValue(client.scopes.scopes.map(\.name))),
      .init("token_lifetime", .integer(lifetime)),
    ]
    if client.tokenFormat != .opaque {
      members.append(.init("token_format", .string(client.tokenFormat.rawValue)))
    }
    if !client.introspectedResources.isEmpty {
      members.append(.init("introspects", JSONValue(client.introspectedResources.map(\.uri))))
    }
    if let secretExpiresAt { members.append(.init("client_secret_expires_at", JSONValue(secretExpiresAt))) }
    return .object(members)
  }

  func text(issuer: String) -> String {
    let fields = TextTable.fields([
      "client ID": client.id.rawValue,
      "client secret": secret.map { isImported ? "(as imported)" : $0.exposed },
      "secret expires": secretExpiresAt?.iso8601,
      "name": client.name,
      "scopes": client.scopes.isEmpty ? nil : client.scopes.joined(by: ", "),
      "token format": client.tokenFormat == .opaque ? nil : client.tokenFormat.rawValue,
      "introspects": client.introspectedResources.isEmpty ? nil : client.introspectionText,
      "token lifetime": "\(lifetime) s",
    ])
    guard let secret, !isImported else { return fields }
    let once = fields + "\n\nThe secret is shown only now; keep it in a safe place."
    guard !client.scopes.isEmpty else { return once }
    let curl = CurlLine(
      baseURL: issuer,
      clientID: client.id.rawValue,
      clientSecret: secret.exposed,
      scopes: client.scopes.scopes.map(\.name)
    )
    return """
      \(once)

      Get a token from a running server:

        \(curl.text)
      """
  }
}
