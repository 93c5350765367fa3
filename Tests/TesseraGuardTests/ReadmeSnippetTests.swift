import Hummingbird
import Logging
import TesseraGuard
import TesseraGuardHummingbird
import TesseraTestSupport
import Testing

/// The snippets of the README compile and protect.
@Suite(.timeLimit(.minutes(5))) struct ReadmeSnippetTests {
  @Test func threeLinesProtectARoute() async throws {
    let router = Router(context: BasicAccessTokenRequestContext.self)
    let id = "bd3ef2ed-abc0-4ccd-b9a8-221719ecc074"
    let url = "https://login.example.com/oauth2/introspect"

    // README: begin
    let verifier = try AccessTokenVerifier(
      introspectionEndpoint: url,
      credentials: .secretFile(clientID: id, path: "/run/secrets/tessera")
    )
    let items = router.group("items").add(middleware: BearerTokenMiddleware(verifier, requiring: "item"))
    items.get { _, context in "Hello, \(try context.accessToken.clientID)" }
    // README: end

    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    try await LiveApplication.run(router, logger: quiet) { api async throws in
      #expect(try await api.get("/items").status == 401)
    }
  }

  @Test func threeLinesProtectARouteOffline() async throws {
    let router = Router(context: BasicAccessTokenRequestContext.self)

    // README, offline: begin
    let verifier = try AccessTokenVerifier(
      issuer: "https://login.example.com",
      audience: "https://api.example.com"
    )
    let items = router.group("items").add(middleware: BearerTokenMiddleware(verifier, requiring: "item"))
    items.get { _, context in "Hello, \(try context.accessToken.clientID)" }
    // README, offline: end

    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    try await LiveApplication.run(router, logger: quiet) { api async throws in
      #expect(try await api.get("/items").status == 401)
    }
  }
}
