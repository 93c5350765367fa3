import Foundation
import TesseraServer
import TesseraSupport

/// Where tokens are asked for.
struct TokenEndpointURL {
  /// The endpoint.
  let text: String
  /// The server, for messages.
  let server: String

  /// What separates scopes there.
  let scopeSeparator: String

  /// An endpoint that a server names itself, to which it was checked that a secret may be sent. Spaces separate scopes in
  /// each dialect.
  init(endpoint: String) {
    text = endpoint
    server = endpoint
    scopeSeparator = " "
  }

  /// The endpoint of the server at this URL.
  ///
  /// A secret is not sent in clear to another machine unless that is allowed.
  init(_ base: String, _ endpoint: ChosenTokenEndpoint, allowsPlainHTTP: Bool) throws {
    guard let parts = try? ServiceURL.parts(of: base, allowsPlainHTTP: true), let host = parts.host,
      parts.query == nil
    else {
      throw CommandFailure("'\(base)' is not the URL of a server, such as http://127.0.0.1:8080", .usage)
    }
    guard
      parts.scheme?.lowercased() != "http" || allowsPlainHTTP
        || ListenAddress.isLoopback(host.trimming("[", "]"))
    else {
      throw CommandFailure(
        "the secret would be sent to \(base) without TLS; use https, or pass --allow-plain-http",
        .usage
      )
    }
    server = base.hasSuffix("/") ? String(base.dropLast()) : base
    text = server + endpoint.path
    scopeSeparator = endpoint.scopeSeparator
  }
}

extension String {
  fileprivate func trimming(_ start: Character, _ end: Character) -> Substring {
    first == start && last == end ? dropFirst().dropLast() : self[...]
  }
}
