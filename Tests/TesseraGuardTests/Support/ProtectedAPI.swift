import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TesseraGuard
import TesseraGuardHummingbird
import TesseraTestSupport

/// An API with protected routes, in front of a scripted token service.
struct ProtectedAPI: Sendable {
  let test: GuardTest
  let client: any TestClientProtocol

  static func run(_ body: @Sendable (ProtectedAPI) async throws -> Void) async throws {
    try await GuardTest.run { test in
      let app = Application(router: router(test.verifier), logger: test.log.logger)
      try await app.test(.live) { client async throws in
        try await body(ProtectedAPI(test: test, client: client))
      }
    }
  }

  private static func router(_ verifier: AccessTokenVerifier) -> Router<BasicAccessTokenRequestContext> {
    let router = Router(context: BasicAccessTokenRequestContext.self)
    router.group("items").add(middleware: BearerTokenMiddleware(verifier, requiring: "item"))
      .get { _, context in "Hello, \(try context.accessToken.clientID)" }
    router.group("both")
      .add(middleware: BearerTokenMiddleware(verifier, requiring: "item", "profile", realm: "the data"))
      .get { _, _ in "both" }
    router.group("any").add(middleware: BearerTokenMiddleware(verifier)).get { _, _ in "any" }
    router.get("forgotten") { _, context in try context.accessToken.clientID }
    return router
  }

  /// Gets a path with these Authorization header fields.
  func get(_ uri: String, _ authorization: [String]) async throws -> HummingbirdTesting.TestResponse {
    var headers = HTTPFields()
    for value in authorization { headers.append(HTTPField(name: .authorization, value: value)) }
    return try await client.execute(uri: uri, method: .get, headers: headers)
  }
}
