import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

extension RunningServer {
  /// A new operator.
  func makeOperator(_ role: String) async throws -> TestClient {
    let made = try await tessera(
      "operator",
      "create",
      "\(role) \(UUID())",
      "--role",
      role,
      "--format",
      "json"
    )
    #expect(made.status == 0, "\(made.errors)")
    let id = try #require(made.member("client_id").flatMap(ClientID.init))
    return TestClient(id: id, secret: try #require(made.member("client_secret")))
  }

  /// A token of an operator for all that it may do.
  func operatorToken(_ client: TestClient) async throws -> String {
    let shown = try await tessera("client", "show", client.id.rawValue, "--format", "json")
    let scopes = (try #require(shown.json["scopes"] as? [String])).joined(separator: " ")
    var token: String?
    try await wait {
      token = try await send(client.tokenRequest(["scope": nil]).at("/oauth2/token").adding(scopes))
        .accessToken
      return token != nil
    }
    return try #require(token)
  }

  /// A token of a new operator.
  func operatorToken(role: String) async throws -> String { try await operatorToken(makeOperator(role)) }
}

extension TestRequest {
  /// A request to the management API.
  static func management(_ method: String, _ path: String, _ body: String = "", _ token: String?)
    -> TestRequest
  {
    var request = TestRequest(body: body)
    request.method = method
    request.target = path
    request.headers = [("Content-Type", "application/json")]
    return token.map { request.adding("Authorization", "Bearer \($0)") } ?? request
  }

  /// The same form with these scopes.
  fileprivate func adding(_ scopes: String) -> TestRequest {
    var copy = self
    copy.body += Array("&scope=\(formEncoded(scopes))".utf8)
    return copy
  }
}
