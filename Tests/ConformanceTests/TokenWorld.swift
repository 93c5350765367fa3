import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// A server with a client, a token of it and the resource server that the token is for.
struct TokenWorld: Sendable {
  static let resource = "https://api.ants.tech"
  static let inactive = #"{"active":false}"#

  let server: TestServer
  let client: TestClient
  let resourceServer: TestClient
  let token: String

  static func run(
    _ options: TestServer.Options = TestServer.Options(),
    _ body: (TokenWorld) async throws -> Void
  ) async throws {
    try await TestServer.run(options) { server in
      let client = try await server.makeClient()
      let resourceServer = try await server.makeClient {
        $0.scopes = []
        $0.introspectedResources = [resource]
      }
      // Behind a proxy or not.
      let request = client.tokenRequest(["scope": "item,event"]).forwarded(for: "198.51.100.1")
      let response = try await server.send(request)
      let world = TokenWorld(
        server: server,
        client: client,
        resourceServer: resourceServer,
        token: try #require(response.accessToken)
      )
      try await body(world)
    }
  }

  /// A request to an endpoint with these parameters, authenticated in the form.
  func request(_ path: String, by client: TestClient, _ form: [(String, String)]) -> TestRequest {
    var request = TestRequest(
      form: [("client_id", client.id.rawValue), ("client_secret", client.secret)] + form
    )
    request.target = path
    return request
  }

  func introspect(_ token: String, by caller: TestClient? = nil) async throws -> TestResponse {
    try await server.send(request("/oauth2/introspect", by: caller ?? resourceServer, [("token", token)]))
  }

  func revoke(_ token: String, by caller: TestClient? = nil) async throws -> TestResponse {
    try await server.send(request("/oauth2/revoke", by: caller ?? client, [("token", token)]))
  }

  /// What a gateway asks with the Authorization header of a request.
  func verify(_ query: String, authorization: String?) async throws -> TestResponse {
    var request = TestRequest()
    request.method = "GET"
    request.target = "/oauth2/verify" + (query.isEmpty ? "" : "?" + query)
    request.headers = authorization.map { [("Authorization", $0)] } ?? []
    return try await server.send(request)
  }

  /// Texts that are no valid token of this server.
  func badTokens() throws -> [String] {
    var flipped = Array(token.utf8)
    flipped[40] = flipped[40] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
    return [
      String(token.dropLast()), String(token.dropFirst()), token + "a", token + token,
      String(decoding: flipped, as: UTF8.self), token.uppercased(), "nonsense", "a", "é", " ", "\u{1F600}",
      String(repeating: "a", count: 10_240), "eyJhbGciOiJub25lIn0.e30.",
    ]
  }
}
