import Logging
import TesseraCore
import TesseraStoreTesting

/// A server over a store in memory, with one client that it knows already.
struct Subject {
  let directory: Directory
  let server: AuthorizationServer
  let hasher: SecretHasher
  let client: Client
  let secret: String
  let api: Client
  let apiSecret: String

  static let issuer = "http://127.0.0.1:8080"

  init() async throws {
    let store = InMemoryStore()
    guard let masterKey = MasterKey(bytes: [UInt8](repeating: 7, count: MasterKey.byteCount)) else {
      preconditionFailure("a master key has \(MasterKey.byteCount) bytes")
    }
    let administration = Administration(store: store, masterKey: masterKey, actor: "bench")
    try await administration.initialise()
    let (client, secret) = try await administration.registerClient(
      ClientRegistration(name: "client", scopes: ["item", "event", "profile", "promotion"])
    )
    var registration = ClientRegistration(name: "api", scopes: [])
    registration.introspectedResources = [Administration.standardResource]
    let (api, apiSecret) = try await administration.registerClient(registration)
    self.client = client
    self.secret = secret?.exposed ?? ""
    self.api = api
    self.apiSecret = apiSecret?.exposed ?? ""
    hasher = SecretHasher(masterKey: masterKey)
    directory = try await Directory(
      store: store,
      masterKey: masterKey,
      logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
    )
    server = AuthorizationServer(
      directory: directory,
      masterKey: masterKey,
      settings: AuthorizationServer.Settings(
        issuer: Subject.issuer,
        failureLimit: FailureLimiter.Settings(freeFailures: .max)
      )
    )
  }

  var tokenForm: [UInt8] {
    Array(
      "grant_type=client_credentials&client_id=\(client.id)&client_secret=\(secret)&scope=item".utf8
    )
  }

  var anonymousForm: [UInt8] {
    Array("grant_type=client_credentials&client_id=\(client.id)&scope=item&state=\(secret)".utf8)
  }

  var deniedForm: [UInt8] {
    Array(
      "grant_type=client_credentials&client_id=\(client.id)&client_secret=\(String(secret.reversed()))&scope=item"
        .utf8
    )
  }

  func introspectionForm(_ token: String) -> [UInt8] {
    Array("client_id=\(api.id)&client_secret=\(apiSecret)&token=\(token)".utf8)
  }

  /// A form as the listener hands it over.
  func post(_ body: [UInt8]) -> EndpointRequest {
    EndpointRequest(
      method: "POST",
      headers: HeaderFields([
        ("Host", "127.0.0.1"), ("Content-Type", "application/x-www-form-urlencoded"),
        ("Content-Length", String(body.count)),
      ]),
      body: body,
      source: SourceAddress(bytes: [127, 0, 0, 1]) ?? .unknown
    )
  }

  func endpoint(_ path: String) -> (any Endpoint)? {
    server.endpoints.first { $0.path == path }
  }

  /// The answer, when it is this one; what has to be fetched first is fetched.
  func answer(
    _ endpoint: any Endpoint,
    _ request: EndpointRequest,
    status: Int
  ) async throws -> EndpointResponse {
    let response =
      switch endpoint.answer(request) {
      case .now(let response): response
      case .later(let work): await work()
      }
    guard response.status == status else {
      throw UnexpectedAnswer(path: endpoint.path, status: response.status)
    }
    return response
  }
}

struct UnexpectedAnswer: Error, CustomStringConvertible {
  let path: String
  let status: Int

  var description: String { "\(path) answers \(status)" }
}

extension Subject {
  /// A token as the server issues it.
  func issuedToken() async throws -> String {
    guard let endpoint = endpoint("/oauth/token") else {
      throw UnexpectedAnswer(path: "/oauth/token", status: 404)
    }
    let response = try await answer(endpoint, post(tokenForm), status: 200)
    // {"accessToken":"TOKEN", …
    return String(String(decoding: response.body, as: UTF8.self).split(separator: "\"")[3])
  }

  /// What a gateway asks about a token.
  func verification(_ token: String) -> EndpointRequest {
    EndpointRequest(
      method: "GET",
      query: "scope=item",
      headers: HeaderFields([("Host", "127.0.0.1"), ("Authorization", "Bearer \(token)")]),
      body: [],
      source: SourceAddress(bytes: [127, 0, 0, 1]) ?? .unknown
    )
  }
}
