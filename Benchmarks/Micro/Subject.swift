import Logging
import TesseraCore
import TesseraStoreTesting

/// A server over a store in memory, with the clients that ask it.
struct Subject {
  let replica: Replica
  let server: AuthorizationServer
  /// The same for another event loop.
  let otherServer: AuthorizationServer
  let hasher: SecretHasher
  let application: RegisteredApplication
  let jwtApplication: RegisteredApplication
  let api: RegisteredApplication

  static let issuer = "http://127.0.0.1:8080"

  init() async throws {
    let store = InMemoryStore()
    guard let masterKey = MasterKey(bytes: [UInt8](repeating: 7, count: MasterKey.byteCount)) else {
      preconditionFailure("a master key has \(MasterKey.byteCount) bytes")
    }
    let node = ServerNode(
      ServerNode.Environment(
        masterKey: masterKey,
        logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
      )
    )
    let administration = try await node.begin(on: store, actor: "bench", initialises: true)
    func register(
      _ name: String,
      scopes: [String],
      introspects: [String] = [],
      _ change: (inout ClientRegistration) -> Void = { _ in }
    ) async throws -> RegisteredApplication {
      var registration = ClientRegistration(
        name: try DisplayName(name),
        scopes: try [Scope](names: scopes, of: .scopes)
      )
      registration.introspectedResources = try introspects.map { try Resource(existing: $0) }
      change(&registration)
      let (client, secret) = try await administration.registerClient(registration)
      return RegisteredApplication(id: client.id, secret: secret?.exposed ?? "")
    }
    application = try await register("application", scopes: ["item", "event", "profile", "promotion"])
    jwtApplication = try await register("JWT application", scopes: ["item"]) { $0.tokenFormat = .jwt }
    api = try await register("API", scopes: [], introspects: [Administration.defaultResource])
    hasher = SecretHasher(masterKey: masterKey)
    replica = node.replica
    let makeServer = node.authorizationServers(
      AuthorizationServer.Settings(
        issuer: Subject.issuer,
        failureLimit: FailureLimiter.Settings(freeFailures: .max)
      )
    )
    server = try makeServer()
    otherServer = try makeServer()
  }
}

/// A client, and what it posts.
struct RegisteredApplication {
  let id: ClientID
  let secret: String

  var tokenForm: [UInt8] { form(secret: secret) }

  /// A secret of the same length that is not its own.
  var wrongForm: [UInt8] { form(secret: String(secret.reversed())) }

  /// Of about the same length too, but without a grant type, which is looked at after the client.
  var aimlessForm: [UInt8] {
    Array("gr4nt_type=client_credentials&client_id=\(id)&client_secret=\(secret)&scope=item".utf8)
  }

  private func form(secret: String) -> [UInt8] {
    Array("grant_type=client_credentials&client_id=\(id)&client_secret=\(secret)&scope=item".utf8)
  }
}

struct UnexpectedAnswer: Error, CustomStringConvertible {
  let path: String
  let status: Int

  var description: String { "\(path) answers \(status)" }
}

extension Subject {
  func endpoint(_ path: String) -> (any Endpoint)? {
    server.endpoints.first { $0.path == path }
  }

  /// The answer, which has to have this status; what has to be fetched first is fetched.
  func answer(
    _ endpoint: any Endpoint,
    _ request: EndpointRequest,
    status: Int
  ) async throws -> EndpointResponse {
    let response = await endpoint.answer(request).response
    guard response.status == status else {
      throw UnexpectedAnswer(path: endpoint.path, status: response.status)
    }
    return response
  }

  /// A token as the server issues it.
  func issuedToken() async throws -> String {
    guard let endpoint = endpoint("/oauth/token") else {
      throw UnexpectedAnswer(path: "/oauth/token", status: 404)
    }
    let response = try await answer(endpoint, post(application.tokenForm), status: 200)
    // {"accessToken":"TOKEN", …
    return String(String(decoding: response.body, as: UTF8.self).split(separator: "\"")[3])
  }

  /// A form as the listener hands it over.
  func post(_ body: [UInt8]) -> EndpointRequest {
    EndpointRequest(
      method: "POST",
      path: "/oauth/token",
      headers: .form,
      body: body,
      origin: RequestOrigin(peer: SourceAddress(bytes: [127, 0, 0, 1]) ?? .unknown, over: .plain)
    )
  }

  /// What an API asks about a token.
  func introspectionForm(_ token: String) -> [UInt8] {
    Array("client_id=\(api.id)&client_secret=\(api.secret)&token=\(token)".utf8)
  }

  /// What a gateway asks about a token.
  func verification(_ token: String) -> EndpointRequest {
    EndpointRequest(
      method: "GET",
      path: "/oauth2/verify",
      query: "scope=item",
      headers: RequestHeaders([("Authorization", "Bearer \(token)")]),
      body: [],
      origin: RequestOrigin(peer: SourceAddress(bytes: [127, 0, 0, 1]) ?? .unknown, over: .plain)
    )
  }
}
