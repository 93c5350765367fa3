import AsyncHTTPClient
import NIOCore
import TesseraClient

/// The code in the documentation of TesseraClient and in docs/guides/identity.md.
enum Snippets {
  static func secret() async throws -> HTTPClientResponse {
    let tokens = try ClientCredentialsTokenSource(
      tokenEndpoint: "https://login.example.com/oauth/token",
      dialect: .contract,
      credentials: .file(path: "/run/secrets/tessera.json")
    )
    let answer = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: "https://api.example.com/item"),
      timeout: .seconds(10),
      authorizedBy: tokens,
      scopes: ["item"]
    )
    return answer
  }

  static func privateKey() throws -> ClientCredentialsTokenSource {
    let tokens = try ClientCredentialsTokenSource(
      tokenEndpoint: "https://login.example.com/oauth2/token",
      identity: .privateKey(file: "/etc/app/key.pem", clientID: "app")
    )
    return tokens
  }

  static func call(_ tokens: ClientCredentialsTokenSource) async throws -> HTTPClientResponse {
    let answer = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: "https://api.example.com/items"),
      timeout: .seconds(10),
      authorizedBy: tokens,
      scopes: ["item"]
    )
    return answer
  }

  static func readKey() throws -> ClientPrivateKey {
    let key = try ClientPrivateKey(file: "/etc/app/key.pem")
    return key
  }

  static func kubernetes() throws -> ClientCredentialsTokenSource {
    let tokens = try ClientCredentialsTokenSource(
      tokenEndpoint: "https://login.example.com/oauth2/token",
      identity: .platformToken(.file("/var/run/secrets/tessera/token"), clientID: "app")
    )
    return tokens
  }

  static func gitHubActions() throws -> ClientCredentialsTokenSource {
    let tokens = try ClientCredentialsTokenSource(
      tokenEndpoint: "https://login.example.com/oauth2/token",
      identity: .platformToken(.gitHubActions(audience: "https://login.example.com"), clientID: "app")
    )
    return tokens
  }

  static func certificate() throws -> ClientCredentialsTokenSource {
    var settings = ClientCredentialsTokenSource.Settings()
    settings.certificate = ClientCertificate(file: "/etc/app/tls.crt", keyFile: "/etc/app/tls.key")
    let tokens = try ClientCredentialsTokenSource(
      tokenEndpoint: "https://mtls.login.example.com/oauth2/token",
      identity: .certificate(clientID: "app"),
      settings: settings
    )
    return tokens
  }

  static func dpop() throws -> ClientCredentialsTokenSource.Settings {
    var settings = ClientCredentialsTokenSource.Settings()
    settings.dpop = DPoPBinding()
    return settings
  }
}
