import Logging
import NIOPosix
package import TesseraCore
package import TesseraHTTP

/// The whole server over a store of this run's kind, listening at a free port of this machine.
package struct TestServer: Sendable {
  /// What it remembers.
  package let store: TestStore
  /// The time it believes in.
  package let clocks: TestClocks
  /// What it logged.
  package let log: TestLog
  /// The key above its keys.
  package let masterKey: MasterKey
  /// The server itself.
  package let node: ServerNode
  /// What operators can do.
  package let administration: Administration
  /// Its endpoints.
  package let authorizationServer: AuthorizationServer
  /// Where it listens.
  package let port: Int
  /// The requests that it refused lately.
  package let denials: @Sendable () async -> RecentDenials

  /// The issuer of its tokens.
  package static let issuer = "http://127.0.0.1:8080"

  /// What it knows.
  package var replica: Replica { node.replica }

  /// What a test can choose.
  package struct Options: Sendable {
    package var limits = HTTPLimits()
    package var proxies = TrustedProxies.none
    package var failureLimit = FailureLimiter.Settings()
    package var replica = Replica.Settings()
    package var revocationAllowance = RevocationAllowance.Settings()
    package var verifyPeers: [AddressRange]?
    package var revocationFeedPeers: [AddressRange]?
    package var issuer = TestServer.issuer
    package var documentation: String?
    package var webOrigins: [String] = []
    package var clientCertificates: ClientCertificateUse?
    package var contractPath: String? = "/oauth/token"
    package var rfc6749Path: String? = "/oauth2/token"
    package var keys = KeyRotation.Settings()
    package var requiresProofNonce = false
    package var requiresStrictAssertions = false
    package var profile: SecurityProfile?
    package var publishedKeys: any PublishedKeys = NoPublishedKeys()
    /// What the server has besides what every server has.
    package var adding: @Sendable (inout AuthorizationServer.Parts) -> Void = { _ in }

    /// No deadline strikes by chance on a machine that is busy with other tests.
    package init() {
      limits.requestTimeout = 120
      limits.idleTimeout = 300
      limits.lingerTime = 20
    }
  }

  /// Starts a server, runs the test and stops it.
  package static func run<Result>(
    _ options: Options = Options(),
    _ body: (TestServer) async throws -> Result
  ) async throws -> Result {
    try await StoreKind.current.withStore { try await run(options, over: TestStore($0), body) }
  }

  /// The same over a store that is there, as another node on it.
  package static func run<Result>(
    _ options: Options = Options(),
    over store: TestStore,
    _ body: (TestServer) async throws -> Result
  ) async throws -> Result {
    let clocks = TestClocks()
    let log = TestLog()
    guard let masterKey = MasterKey(bytes: [UInt8](repeating: 7, count: 32)) else {
      preconditionFailure("a master key has 32 bytes")
    }
    var settings = ServerNode.Settings()
    settings.replica = options.replica
    settings.keys = options.keys
    let node = ServerNode(
      ServerNode.Environment(
        masterKey: masterKey,
        clock: clocks.wall,
        monotonicClock: clocks.monotonic,
        logger: log.logger
      ),
      settings: settings
    )
    let administration = try await node.begin(on: store, actor: "test", initialises: true)
    let makeServer = node.authorizationServers(
      AuthorizationServer.Settings(
        issuer: options.issuer,
        contractPath: options.contractPath,
        rfc6749Path: options.rfc6749Path,
        failureLimit: options.failureLimit,
        requiresStrictAssertions: options.requiresStrictAssertions,
        profile: options.profile,
        revocationAllowance: options.revocationAllowance,
        verifyPeers: options.verifyPeers,
        revocationFeedPeers: options.revocationFeedPeers,
        documentation: options.documentation,
        webOrigins: options.webOrigins,
        requiresProofNonce: options.requiresProofNonce,
        clientCertificates: options.clientCertificates
      ),
      publishedKeys: options.publishedKeys,
      adding: options.adding
    )
    let authorizationServer = try makeServer()
    let http = try await HTTPServer.start(
      [HTTPListener(host: "127.0.0.1", port: 0)],
      routesOfEachLoop: { _ in { try makeServer().routes } },
      limits: options.limits,
      proxies: options.proxies,
      group: .singleton,
      clock: clocks.wall,
      logger: log.logger
    )
    let server = TestServer(
      store: store,
      clocks: clocks,
      log: log,
      masterKey: masterKey,
      node: node,
      administration: administration,
      authorizationServer: authorizationServer,
      port: http.ports[0],
      denials: { await http.denials() }
    )
    do {
      let result = try await body(server)
      await http.stop()
      return result
    } catch {
      await http.stop()
      throw error
    }
  }

  /// What a token of this server says; nil for anything else.
  package func openToken(_ text: String) throws -> OpenedToken? {
    try TestInspector(
      replica: replica,
      formats: AuthorizationServer.tokenFormats(issuer: TestServer.issuer),
      clock: clocks.wall
    ).open(text[...].utf8)
  }

  /// Gets what is at a path.
  package func get(_ target: String, headers: [(String, String)] = []) async throws -> TestResponse {
    var request = TestRequest()
    request.method = "GET"
    request.target = target
    request.headers = headers
    return try await send(request)
  }

  /// Does what is due of the keys, as a server does every second.
  package func rotateKeys() async throws {
    try await replica.catchUp()
    _ = try await administration.performRotation(uses: try replica.facts().keyUses)
    try await replica.catchUp()
  }

  /// Sends one request on a connection of its own and returns the answer.
  package func send(_ request: TestRequest) async throws -> TestResponse {
    let connection = try await TestConnection(port: port)
    await connection.send(request.bytes)
    let response = try await connection.response(toHEAD: request.method == "HEAD")
    await connection.close()
    guard let response else { throw NoResponse() }
    return response
  }

  /// The server closed the connection without an answer.
  package struct NoResponse: Error {
    package init() {}
  }
}
