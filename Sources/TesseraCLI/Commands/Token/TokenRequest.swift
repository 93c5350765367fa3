import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TesseraCore
import TesseraServer
import TesseraSupport

/// One request for a token by client credentials.
struct TokenRequest {
  let endpoint: TokenEndpointURL
  /// A file with authorities to trust besides those of this machine; nil for none.
  let authorityFile: String?
  let clientID: String
  let proof: Proof
  let scopes: [String]

  /// What proves who the client is.
  enum Proof {
    case secret(String)
    /// By a key of its own (RFC 7523 §2.2).
    case assertion(String)

    fileprivate var form: [(String, String)] {
      switch self {
      case .secret(let secret): [("client_secret", secret)]
      case .assertion(let text):
        [("client_assertion_type", ClientAssertion.type), ("client_assertion", text)]
      }
    }
  }

  /// The longest that all of it together may take.
  private static let timeout = TimeAmount.seconds(30)
  private static let maximumAnswerSize = 1 << 20

  /// Asks the server.
  func send() async throws -> TokenAnswer {
    let (status, body) = try await exchange()
    if status == 200, let answer = try? JSONDecoder().decode(TokenAnswer.self, from: body) { return answer }
    guard let refusal = try? JSONDecoder().decode(TokenRefusal.self, from: body) else {
      throw CommandFailure("\(endpoint.server) answered \(status), but not as a Tessera server does")
    }
    throw CommandFailure(
      "\(endpoint.server) answered \(status): \(refusal.message)",
      refusal.name == "invalid_client" ? .authentication : .failure
    )
  }

  private func exchange() async throws -> (status: UInt, body: Data) {
    let configuration = try HTTPClient.Configuration(trusting: authorityFile)
    do {
      return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
        let response = try await client.execute(request, timeout: TokenRequest.timeout)
        let body = try await response.body.collect(upTo: TokenRequest.maximumAnswerSize)
        return (response.status.code, Data(body.readableBytesView))
      }
    } catch {
      throw CommandFailure("cannot reach \(endpoint.server): \(TokenRequest.reason(error))", .unreachable)
    }
  }

  private var request: HTTPClientRequest {
    var request = HTTPClientRequest(url: endpoint.text)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
    request.headers.add(name: "User-Agent", value: "tessera")
    var form = [("grant_type", "client_credentials"), ("client_id", clientID)] + proof.form
    if !scopes.isEmpty { form.append(("scope", scopes.joined(separator: endpoint.scopeSeparator))) }
    let text = form.map { "\($0)=\(FormEncoding.encode($1))" }.joined(separator: "&")
    request.body = .bytes(ByteBuffer(string: text))
    return request
  }

  /// Why a server cannot be reached, in a few words.
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as HTTPClientError: error.shortDescription
    case let error as NIOConnectionError: reason(error)
    case let error as IOError: SystemError(code: error.errnoCode).description
    default: String(describing: error)
    }
  }

  /// A name can have several addresses, of which the first tells enough.
  private static func reason(_ error: NIOConnectionError) -> String {
    guard let failure = error.connectionErrors.first else { return "there is no host with this name" }
    guard let system = failure.error as? IOError else { return String(describing: failure.error) }
    return SystemError(code: system.errnoCode).description
  }
}
