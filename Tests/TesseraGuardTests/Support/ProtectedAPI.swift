import Hummingbird
import TesseraGuard
import TesseraGuardHummingbird
import TesseraTestSupport

/// An API with protected routes, in front of a scripted token service.
struct ProtectedAPI: Sendable {
  let test: GuardTest
  let application: LiveApplication

  static func run(_ body: @Sendable (ProtectedAPI) async throws -> Void) async throws {
    try await GuardTest.run { test in
      try await LiveApplication.run(router(test.verifier), logger: test.log.logger) { application in
        try await body(ProtectedAPI(test: test, application: application))
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
  func get(_ uri: String, _ authorization: [String]) async throws -> TestResponse {
    try await application.get(uri, headers: authorization.map { ("Authorization", $0) })
  }
}
