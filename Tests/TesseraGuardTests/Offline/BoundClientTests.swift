import AsyncHTTPClient
import Foundation
import Hummingbird
import NIOCore
import NIOHTTP1
import TesseraClient
import TesseraCore
import TesseraGuard
import TesseraGuardHummingbird
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// TesseraClient, Tessera and TesseraGuard: a client with keys only calls an API that takes bound tokens only.
@Suite(.timeLimit(.minutes(5))) struct BoundClientTests {
  private func tokens(
    of client: TestClient,
    _ world: OfflineServer,
    _ key: ClientPrivateKey,
    _ binding: TesseraClient.DPoPBinding?,
    _ httpClient: HTTPClient
  ) throws -> ClientCredentialsTokenSource {
    var settings = ClientCredentialsTokenSource.Settings()
    settings.requestTimeout = .seconds(120)
    settings.totalTimeout = .seconds(240)
    settings.dpop = binding
    return try ClientCredentialsTokenSource(
      tokenEndpoint: world.front.url + "/oauth2/token",
      identity: .privateKey(key, clientID: client.id.rawValue),
      settings: settings,
      httpClient: httpClient,
      wallClock: { [clock = world.server.clocks.wall] in Date(clock.now) }
    )
  }

  private func statuses(
    _ tokens: ClientCredentialsTokenSource,
    _ httpClient: HTTPClient,
    _ urls: [String]
  ) async throws -> [UInt] {
    var statuses: [UInt] = []
    for url in urls {
      let response = try await httpClient.execute(
        HTTPClientRequest(url: url),
        timeout: .minutes(10),
        authorizedBy: tokens,
        scopes: ["item"]
      )
      statuses.append(response.status.code)
    }
    return statuses
  }

  @Test(
    "D23 a client with a key only calls an API that takes bound tokens only, and one that binds none is refused"
  )
  func boundTokensOnly() async throws {
    try await OfflineServer.run { world async throws in
      let key = ClientPrivateKey.generate()
      let jwk = try #require(JSON(key.publicJWK.utf8).flatMap(JWK.init))
      let client = try await world.makeClient()
      let time = world.server.clocks.wall.now
      try await world.server.change(client) { client in
        client.keyMetadata.keys = [
          ClientKey(name: "key", material: .key(jwk), createdAt: time, expiresAt: nil)
        ]
      }
      let router = Router(context: BasicAccessTokenRequestContext.self)
      router.group("items/:id").add(middleware: BoundOnly(verifier: world.verifier))
        .get { _, context in try context.accessToken.clientID }
      try await LiveApplication.run(router, logger: TestLog().logger) { application in
        let api = "http://127.0.0.1:\(application.port)/items/"
        try await withTestHTTPClient { httpClient in
          let bound = try tokens(of: client, world, key, TesseraClient.DPoPBinding(), httpClient)
          let urls = [api + "1?page=2", api + "1", api + "%7Ea"]
          #expect(try await statuses(bound, httpClient, urls) == [200, 200, 200])
          let unbound = try tokens(of: client, world, key, nil, httpClient)
          #expect(try await statuses(unbound, httpClient, urls) == [401, 401, 401])
        }
      }
    }
  }
}

/// Takes bound tokens only, at the port that the system has picked, which is not known before there are routes.
private struct BoundOnly: RouterMiddleware {
  let verifier: AccessTokenVerifier

  func handle(
    _ request: Request,
    context: BasicAccessTokenRequestContext,
    next: (Request, BasicAccessTokenRequestContext) async throws -> Response
  ) async throws -> Response {
    try await AccessTokenMiddleware(
      verifier,
      origin: "http://\(request.head.authority ?? "")",
      requiring: "item",
      requiresBinding: true
    ).handle(request, context: context, next: next)
  }
}
