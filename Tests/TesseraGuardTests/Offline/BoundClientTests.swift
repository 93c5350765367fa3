import AsyncHTTPClient
import Foundation
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOPosix
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
  private static let origin = "http://api.example.com"

  /// What sends every request to this port, whatever its URL says, as a proxy would.
  private func withHTTPClient(through port: Int, _ body: (HTTPClient) async throws -> Void) async throws {
    var configuration = HTTPClient.Configuration(proxy: .server(host: "127.0.0.1", port: port))
    configuration.timeout.connect = .minutes(10)
    try await HTTPClient.withHTTPClient(
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
      configuration: configuration,
      body
    )
  }

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
    _ api: HTTPClient,
    _ targets: String...
  ) async throws -> [UInt] {
    var statuses: [UInt] = []
    for target in targets {
      let response = try await api.execute(
        HTTPClientRequest(url: BoundClientTests.origin + target),
        timeout: .minutes(10),
        authorizedBy: tokens,
        scopes: ["item"]
      )
      statuses.append(response.status.code)
    }
    return statuses
  }

  @Test func aClientWithAKeyCallsAnAPIThatTakesBoundTokensOnly() async throws {
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
      router.group("items/:id")
        .add(
          middleware: AccessTokenMiddleware(
            world.verifier,
            origin: BoundClientTests.origin,
            requiring: "item",
            requiresBinding: true
          )
        )
        .get { _, context in try context.accessToken.clientID }
      try await LiveApplication.run(router, logger: TestLog().logger) { application in
        try await withTestHTTPClient { httpClient in
          try await withHTTPClient(through: application.port) { api in
            let bound = try tokens(of: client, world, key, TesseraClient.DPoPBinding(), httpClient)
            #expect(
              try await statuses(bound, api, "/items/1?page=2", "/items/1", "/items/%7Ea") == [200, 200, 200]
            )
            let unbound = try tokens(of: client, world, key, nil, httpClient)
            #expect(try await statuses(unbound, api, "/items/1") == [401])
          }
        }
      }
    }
  }
}
