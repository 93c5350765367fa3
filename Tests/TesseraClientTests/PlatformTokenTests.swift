import Foundation
import NIOHTTP1
import TesseraTestSupport
import Testing

@testable import TesseraClient

/// Clients that prove who they are by what their platform gives them.
@Suite(.timeLimit(.minutes(5))) struct PlatformTokenTests {
  /// JWTs by their looks.
  private static let first = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.Zmlyc3Q"
  private static let second = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2Vjb25k"

  private func run<Result>(
    _ identity: ClientIdentity,
    _ environment: [String: String] = [:],
    _ body: (TokenSourceTest) async throws -> Result
  ) async throws -> Result {
    try await TokenSourceTest.run {
      $0.identity = identity
      $0.environment = environment
    } _: {
      try await body($0)
    }
  }

  @Test func aFileIsReadAgainForEachRequest() async throws {
    let file = try TemporaryFile(PlatformTokenTests.first + "\n")
    try await run(.platformToken(.file(file.path), clientID: "app")) { test async throws in
      test.server.otherwise(.token("one", expiresIn: 10))
      #expect(try await test.item() == "one")
      try file.write(PlatformTokenTests.second)
      test.clock.advance(by: .seconds(10))
      _ = try await test.item()
      try file.remove()
      test.clock.advance(by: .seconds(10))
      _ = try await test.item()
      #expect(
        test.server.requests.map(\.assertion) == [
          PlatformTokenTests.first, PlatformTokenTests.second, PlatformTokenTests.second,
        ]
      )
      #expect(
        test.server.requests[0].parameters["client_assertion_type"]
          == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
      )
      #expect(test.server.requests[0].parameters["client_id"] == "app")
      #expect(!test.log.lines.joined().contains("eyJ"))
    }
  }

  @Test func aSPIFFEIdentityNeedsNoClientID() async throws {
    let file = try TemporaryFile(PlatformTokenTests.first)
    let identity = ClientIdentity.platformToken(.file(file.path), assertionType: .jwtSPIFFE)
    try await run(identity) { test async throws in
      test.server.otherwise(.token("one"))
      _ = try await test.item()
      let form = test.server.requests[0].parameters
      #expect(form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe")
      #expect(form["client_id"] == nil)
    }
  }

  @Test func variables() async throws {
    let file = try TemporaryFile(PlatformTokenTests.second)
    let environment = ["TOKEN": PlatformTokenTests.first, "TOKEN_FILE": file.path]
    for (token, value) in [
      (PlatformToken.environment("TOKEN"), PlatformTokenTests.first),
      (.file(namedBy: "TOKEN_FILE"), PlatformTokenTests.second),
    ] {
      try await run(.platformToken(token, clientID: "app"), environment) { test async throws in
        test.server.otherwise(.token("one"))
        _ = try await test.item()
        #expect(test.server.requests.map(\.assertion) == [value])
      }
      try await run(.platformToken(token, clientID: "app")) { test async throws in
        let error = try #require(try await test.itemError())
        #expect(error.kind == .credentialsUnavailable)
        #expect(error.message.hasPrefix("the environment variable TOKEN"))
        #expect(error.message.hasSuffix(" is not set"))
        #expect(test.server.requests.isEmpty)
      }
    }
  }

  @Test(arguments: [
    "hush", "", "a.b", "a.b.", "<html>.a.b", "eyJh.eyJh.hush\nhush", String(repeating: "a", count: 65_537),
  ])
  func whatIsNoJWTIsNotSentOn(text: String) async throws {
    let file = try TemporaryFile(text)
    try await run(.platformToken(.file(file.path), clientID: "app")) { test async throws in
      let error = try #require(try await test.itemError())
      #expect(error.kind == .credentialsUnavailable)
      #expect(error.message.hasPrefix("the platform's token: the file is "))
      #expect(!error.message.contains("hush"))
      #expect(test.server.requests.isEmpty)
    }
  }

  @Test func aRefusedTokenIsNotSentAgainUntilThereIsAnother() async throws {
    let file = try TemporaryFile(PlatformTokenTests.first)
    try await run(.platformToken(.file(file.path), clientID: "app")) { test async throws in
      test.server.enqueue(.error(401, "invalid_client"), .token("one"))
      #expect(try await test.itemError()?.name == "invalid_client")
      #expect(try await test.itemError()?.name == "invalid_client")
      #expect(test.server.requests.count == 1)
      try file.write(PlatformTokenTests.second)
      #expect(try await test.item() == "one")
    }
  }

  /// A platform that gives out tokens over HTTP: what it is asked, and how it answers.
  struct Platform: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let token: PlatformToken
    /// The environment, with a place for where the platform listens.
    let environment: [String: String]
    let target: String
    let field: (name: String, value: String)
    let answer: String

    func environment(_ url: String) -> [String: String] {
      environment.mapValues {
        $0.replacing("URL", with: url).replacing("HOST", with: url.dropFirst("http://".count))
      }
    }
  }

  static let platforms = [
    Platform(
      testDescription: "GitHub Actions",
      token: .gitHubActions(audience: "https://login.example.com?a&b"),
      environment: [
        "ACTIONS_ID_TOKEN_REQUEST_URL": "URL/id?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "hush",
      ],
      target: "/id?api-version=2.0&audience=https%3A%2F%2Flogin.example.com%3Fa%26b",
      field: ("Authorization", "Bearer hush"),
      answer: #"{"count":1,"value":"\#(first)"}"#
    ),
    Platform(
      testDescription: "Google Cloud",
      token: .google(audience: "https://login.example.com"),
      environment: ["GCE_METADATA_HOST": "HOST"],
      target: "/computeMetadata/v1/instance/service-accounts/default/identity"
        + "?audience=https%3A%2F%2Flogin.example.com&format=full",
      field: ("Metadata-Flavor", "Google"),
      answer: first + "\n"
    ),
    Platform(
      testDescription: "a machine of Azure",
      token: .azure(resource: "api://tessera"),
      environment: ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "URL"],
      target: "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2Ftessera",
      field: ("Metadata", "true"),
      answer: #"{"access_token":"\#(first)","token_type":"Bearer","expires_in":"86399"}"#
    ),
    Platform(
      testDescription: "App Service",
      token: .azure(resource: "api://tessera", identity: "me"),
      environment: ["IDENTITY_ENDPOINT": "URL/msi/token", "IDENTITY_HEADER": "hush"],
      target: "/msi/token?api-version=2019-08-01&resource=api%3A%2F%2Ftessera&client_id=me",
      field: ("X-IDENTITY-HEADER", "hush"),
      answer: #"{"access_token":"\#(first)"}"#
    ),
  ]

  private func run(
    _ platform: Platform,
    _ body: (TokenSourceTest, ScriptedServer) async throws -> Void
  ) async throws {
    try await ScriptedServer.run { server in
      let identity = ClientIdentity.platformToken(platform.token, clientID: "app")
      try await run(identity, platform.environment(server.url)) { try await body($0, server) }
    }
  }

  @Test(arguments: platforms) func asksThePlatform(platform: Platform) async throws {
    try await run(platform) { test, server async throws in
      server.otherwise(.respond(body: platform.answer))
      test.server.otherwise(.token("one"))
      #expect(try await test.item() == "one")
      let request = try #require(server.requests.first)
      #expect(request.method == "GET")
      #expect(request.target == platform.target)
      #expect(request.headers[platform.field.name] == [platform.field.value])
      #expect(test.server.requests.map(\.assertion) == [PlatformTokenTests.first])
      #expect(test.server.requests[0].headers[platform.field.name].isEmpty)
    }
  }

  @Test(arguments: platforms) func aTokenIsAskedForAgainForEachRequest(platform: Platform) async throws {
    try await run(platform) { test, server async throws in
      server.otherwise(.respond(body: platform.answer))
      test.server.enqueue(.error(500), .token("one"))
      #expect(try await test.item() == "one")
      #expect(server.requests.count == 2)
    }
  }

  @Test(arguments: platforms, [400, 403, 404]) func aPlatformThatSaysNo(platform: Platform, status: Int)
    async throws
  {
    try await run(platform) { test, server async throws in
      server.otherwise(.respond(status: status, body: "hush"))
      let error = try #require(try await test.itemError())
      #expect(error.kind == .credentialsUnavailable)
      #expect(error.message.contains("answered \(status); "))
      #expect(!"\(error) \(test.log.lines)".contains("hush"))
      #expect(server.requests.count == 1)
      #expect(test.server.requests.isEmpty)
    }
  }

  @Test(arguments: platforms) func aPlatformThatCannotNowIsAskedAgain(platform: Platform) async throws {
    try await run(platform) { test, server async throws in
      server.enqueue(.respond(status: 503, body: ""), .respond(status: 429, body: ""))
      server.otherwise(.respond(body: platform.answer))
      test.server.otherwise(.token("one"))
      #expect(try await test.item() == "one")
      #expect(server.requests.count == 3)
      #expect(test.server.requests.count == 1)
    }
  }

  @Test(arguments: platforms) func whatAPlatformMustNotAnswer(platform: Platform) async throws {
    let answers: [ScriptedServer.Answer] = [
      .respond(body: "hush"), .respond(body: ""), .respond(body: #"{"value":1,"access_token":{}}"#),
      .respond(body: #"{"value":"hush","access_token":"hush"}"#),
      .respond(body: String(repeating: "a", count: 65_537)),
      .respond(status: 302, headers: [("Location", "http://127.0.0.1:1/hush")], body: ""),
    ]
    for answer in answers {
      try await run(platform) { test, server async throws in
        server.otherwise(answer)
        let error = try #require(try await test.itemError())
        #expect(!"\(error) \(test.log.lines)".contains("hush"))
        #expect(test.server.requests.isEmpty)
      }
    }
  }

  @Test func aPlatformThatHangsEndsWithTheRequest() async throws {
    try await run(PlatformTokenTests.platforms[0]) { test, server async throws in
      server.otherwise(.hold)
      let call = Task { try await test.itemError() }
      for attempt in 1...3 {
        await server.untilRequests(attempt)
        await until { test.clock.sleeps.count >= 2 * attempt - 1 }
        test.clock.advance(by: ManualClock.requestTimeout)
      }
      #expect(try await call.value?.kind == .timedOut)
      #expect(test.server.requests.isEmpty)
    }
  }

  @Test(
    arguments: [
      [:], ["ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.actions.example.com/id"],
      [
        "ACTIONS_ID_TOKEN_REQUEST_URL": "http://token.actions.example.com/id",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "hush",
      ],
      ["ACTIONS_ID_TOKEN_REQUEST_URL": "nowhere", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "hush"],
      [
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.actions.example.com/id",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "hush\r\nX: y",
      ],
    ]
  )
  func gitHubsVariablesHaveToBeRight(environment: [String: String]) async throws {
    let identity = ClientIdentity.platformToken(.gitHubActions(audience: "a"), clientID: "app")
    try await run(identity, environment) { test async throws in
      let error = try #require(try await test.itemError())
      #expect(error.kind == .credentialsUnavailable)
      #expect(error.message.contains("ACTIONS_ID_TOKEN_REQUEST_URL"))
      #expect(!"\(error)".contains("hush"))
      #expect(test.server.requests.isEmpty)
    }
  }
}
