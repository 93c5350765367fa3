import TesseraCore
import TesseraJOSE
import TesseraServer

/// What is shown of a client right after it was registered, and only then.
struct RegisteredClient {
  let client: Client
  let secret: ClientSecret?
  /// The file that the secret was written to instead of being shown.
  let file: String?
  /// Whether the operator brought the secret and so has it already.
  let isImported: Bool
  /// The server's own lifetimes.
  let lifetime: TokenLifetime

  private var secretExpiresAt: Timestamp? { client.secrets.first?.expiresAt }

  var json: JSONValue {
    NewClientRepresentation(client, secret: secret.map { NewSecret($0, in: file) }, lifetime: lifetime).json
  }

  /// `scopes` are those that the line to paste asks for.
  func text(issuer: String, _ endpoint: ChosenTokenEndpoint, scopes: [String]) -> String {
    let fields = TextTable.fields([
      "client ID": client.id.rawValue,
      "client secret": secret.map { isImported ? "(as imported)" : file.map { "in \($0)" } ?? $0.exposed },
      "secret expires": secretExpiresAt?.iso8601,
      "keys": keyNames.isEmpty ? nil : keyNames.joined(separator: ", "),
      "name": client.name,
      "scopes": client.scopes.isEmpty ? nil : client.scopes.joined(by: ", "),
      "token format": client.tokenFormat == .opaque ? nil : client.tokenFormat.rawValue,
      "introspects": client.introspectedResources.isEmpty ? nil : client.introspectionText,
      "token lifetime": "\(lifetime.seconds(for: client)) s",
    ])
    guard secret != nil, !isImported else { return fields }
    let once = file == nil ? "\n\nThe secret is shown only once; keep it in a safe place." : ""
    // curl makes no assertions.
    guard !scopes.isEmpty, client.authenticationMethod != .clientSecretJWT else { return fields + once }
    let curl = CurlLine(baseURL: issuer, endpoint: endpoint, credentials: credentials, scopes: scopes)
    let how = if case .asked = curl.credentials { "; curl asks for the secret" } else { "" }
    return """
      \(fields)\(once)

      Get a token from a running server\(how):

        \(curl.text)
      """
  }

  private var keyNames: [String] {
    client.keyMetadata.keys.map(\.name) + [client.keyMetadata.keySetURL].compactMap(\.self)
  }

  /// The credentials in the line to paste, by a method that the client may use.
  private var credentials: CurlLine.Credentials {
    let id = client.id.rawValue
    let isInHeader = client.authenticationMethod == .clientSecretBasic
    return switch (file, client.authenticationMethod) {
    case (let file?, _) where isInHeader: .secretInHeader(clientID: id, file: file)
    case (let file?, _): .secretInForm(clientID: id, file: file)
    case (nil, .clientSecretPost): .secretInForm(clientID: id, file: "FILE")
    case (nil, _): .asked(clientID: id)
    }
  }
}
