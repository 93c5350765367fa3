import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// The management API of a server, asked with an access token.
struct APIConnection: Sendable {
  /// How long an answer may take to begin: an import takes a tenth of a second for each secret that somebody has chosen.
  private static let timeout = TimeAmount.minutes(10)
  private static let maximumAnswerSize = 64 << 20

  private let client: HTTPClient
  /// The URL of the management listener, without a slash at its end.
  private let server: String
  private let token: String

  /// Gets a token for the operator from the token endpoint that the server names; it is kept for this run only.
  init(_ client: HTTPClient, server text: String, _ credentials: OperatorCredentials, authorities: String?)
    async throws
  {
    let server = try APIConnection.checked(text, "--server")
    let path = "/.well-known/oauth-protected-resource"
    let (status, body) = try await APIConnection.send(client, HTTPClientRequest(url: server + path), server)
    guard status == 200, let members = JSON(body)?.members, let endpoint = members["token_endpoint"]?.text
    else {
      throw CommandFailure(
        "\(server) answered \(status), but not as the management listener of a Tessera server does; "
          + "--server wants its URL, such as http://127.0.0.1:8081"
      )
    }
    let answer = try await TokenRequest(
      endpoint: TokenEndpointURL(
        endpoint: try APIConnection.checked(endpoint, "the token endpoint of \(server)")
      ),
      authorityFile: authorities,
      clientID: credentials.clientID,
      proof: .secret(credentials.clientSecret),
      scopes: credentials.scopes
    ).send()
    self.client = client
    self.server = server
    token = answer.accessToken
  }

  /// A URL that a secret may be sent to: https, or this machine.
  private static func checked(_ text: String, _ whatItIs: String) throws -> String {
    do throws(ServiceURL.Problem) {
      let parts = try ServiceURL.parts(of: text, allowsPlainHTTP: false)
      guard parts.query == nil else { throw .notAnHTTPURL }
    } catch .isNotEncrypted {
      throw CommandFailure("\(whatItIs): \(text) is neither https nor on this machine", .usage)
    } catch {
      throw CommandFailure(
        "\(whatItIs): '\(text)' is not the URL of a server, such as http://127.0.0.1:8081",
        .usage
      )
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  // MARK: Asking

  /// What is answered at a path below `/admin/v1`, read from an object.
  func show<Value>(
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    ifVersion version: Int? = nil,
    _ read: (ShownJSON) throws(UnreadableJSON) -> Value
  ) async throws -> Value {
    let answer = try await ask(method, path, body, ifVersion: version)
    return try readable { () throws(UnreadableJSON) in try read(ShownJSON(answer)) }
  }

  /// The part of a list that is answered at a path below `/admin/v1`, each element read from an object.
  func list<Value>(
    _ path: String,
    _ method: String = "GET",
    _ body: JSONValue? = nil,
    _ read: (ShownJSON) throws(UnreadableJSON) -> Value
  ) async throws -> [Value] {
    let answer = try await ask(method, path, body)
    return try readable { () throws(UnreadableJSON) in
      var values: [Value] = []
      for element in try ShownJSON.elements(answer) { values.append(try read(element)) }
      return values
    }
  }

  /// All parts of a list at a path below `/admin/v1`, each element read from an object, handed over part by part.
  func parts<Value>(
    _ path: String,
    _ read: (ShownJSON) throws(UnreadableJSON) -> Value,
    _ write: ([Value]) throws -> Void
  ) async throws {
    var next: String? = path
    while let path = next {
      let response = try await APIConnection.response(to: request("GET", path, nil, nil), client, server)
      let body = try await APIConnection.body(of: response, server)
      guard response.status == .ok else { throw refusal(response.status.code, JSON(body)) }
      guard let json = JSON(body) else { throw unreadable("") }
      try write(
        try readable { () throws(UnreadableJSON) in
          var values: [Value] = []
          for element in try ShownJSON.elements(json) { values.append(try read(element)) }
          return values
        }
      )
      next = response.headers.first(name: "Link")?.firstMatch(of: #/<\/admin\/v1\/([^>]+)>; rel="next"/#)
        .map { String($0.1) }
    }
  }

  /// What is answered at a path below `/admin/v1`; null where nothing is.
  @discardableResult
  func ask(
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    ifVersion version: Int? = nil
  ) async throws -> JSON {
    let answer = try await answer(to: request(method, path, body, version))
    if answer.isEmpty { return .null }
    guard let json = JSON(answer) else { throw unreadable("") }
    return json
  }

  /// What is shown at a path below `/admin/v1`, as JSON text.
  func text(_ path: String) async throws -> [UInt8] {
    try await answer(to: request("GET", path, nil, nil))
  }

  private func answer(to request: HTTPClientRequest) async throws -> [UInt8] {
    let (status, body) = try await APIConnection.send(client, request, server)
    guard status < 300 else { throw refusal(status, JSON(body)) }
    return body
  }

  /// Hands over what is told line by line at a path below `/admin/v1`, whole lines at a time.
  func lines(_ path: String, _ write: (String) throws -> Void) async throws {
    let response = try await APIConnection.response(to: request("GET", path, nil, nil), client, server)
    guard response.status == .ok else {
      let body = try await APIConnection.body(of: response, server)
      throw refusal(response.status.code, JSON(body))
    }
    var rest: [UInt8] = []
    var chunks = response.body.makeAsyncIterator()
    while let chunk = try await APIConnection.next(&chunks, server) {
      rest += Array(buffer: chunk)
      guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
      try write(String(decoding: rest[...end], as: UTF8.self))
      rest.removeSubrange(...end)
    }
    guard rest.isEmpty else { throw brokenOff }
  }

  private func request(
    _ method: String,
    _ path: String,
    _ body: JSONValue?,
    _ version: Int?
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: "\(server)/admin/v1/\(path)")
    request.method = HTTPMethod(rawValue: method)
    request.headers.add(name: "User-Agent", value: "tessera")
    request.headers.add(name: "Authorization", value: "Bearer \(token)")
    if let version { request.headers.add(name: "If-Match", value: "\"\(version)\"") }
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: body.text()))
    }
    return request
  }

  private static func send(
    _ client: HTTPClient,
    _ request: HTTPClientRequest,
    _ server: String
  ) async throws -> (status: UInt, body: [UInt8]) {
    let response = try await response(to: request, client, server)
    return (response.status.code, try await body(of: response, server))
  }

  private static func response(
    to request: HTTPClientRequest,
    _ client: HTTPClient,
    _ server: String
  ) async throws -> HTTPClientResponse {
    do {
      return try await client.execute(request, timeout: timeout)
    } catch {
      throw unreachable(server, error)
    }
  }

  private static func body(of response: HTTPClientResponse, _ server: String) async throws -> [UInt8] {
    do {
      return Array(buffer: try await response.body.collect(upTo: maximumAnswerSize))
    } catch {
      throw unreachable(server, error)
    }
  }

  private static func next(
    _ chunks: inout HTTPClientResponse.Body.AsyncIterator,
    _ server: String
  ) async throws -> ByteBuffer? {
    do {
      return try await chunks.next()
    } catch {
      throw unreachable(server, error)
    }
  }

  // MARK: Failures

  private static func unreachable(_ server: String, _ error: any Error) -> CommandFailure {
    CommandFailure("cannot reach \(server): \(TokenRequest.reason(error))", .unreachable)
  }

  /// What was told line by line has no end.
  var brokenOff: CommandFailure { CommandFailure("\(server) broke off before the end") }

  /// What is read from an object.
  func read<Value>(
    _ json: JSON,
    _ read: (ShownJSON) throws(UnreadableJSON) -> Value
  ) throws -> Value {
    try readable { () throws(UnreadableJSON) in try read(ShownJSON(json)) }
  }

  private func readable<Value>(_ read: () throws(UnreadableJSON) -> Value) throws -> Value {
    do throws(UnreadableJSON) { return try read() } catch { throw unreadable(error.member) }
  }

  func unreadable(_ member: String) -> CommandFailure {
    CommandFailure(
      "\(server) answered what this version does not understand" + (member.isEmpty ? "" : ": \(member)")
    )
  }

  /// A problem (RFC 9457) as the failure that the same command has on the data directory.
  private func refusal(_ status: UInt, _ problem: JSON?) -> any Error {
    let members = problem?.members ?? [:]
    let title = members["title"]?.text
    let text = members["detail"]?.text ?? title ?? "\(server) answered \(status)"
    return switch status {
    case 401, 403: CommandFailure("\(title.map { "\($0): " } ?? "")\(text)", .authentication)
    case 404: AdministrationError.notFound(.server, text)
    case 409, 412: AdministrationError.conflict(text)
    case 422:
      if let field = members["field"]?.text, field.hasPrefix("/") {
        DeclarationError(at: DeclaredPlace(pointer: field), text)
      } else {
        AdministrationError.invalid(nil, text)
      }
    case 503: AdministrationError.unavailable(text)
    default: CommandFailure("\(server) answered \(status): \(text)")
    }
  }
}
