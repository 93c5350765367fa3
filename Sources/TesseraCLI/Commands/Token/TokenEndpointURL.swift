import Foundation
import TesseraServer

/// Where tokens are asked for.
struct TokenEndpointURL {
  /// The endpoint.
  let text: String
  /// The server, for messages.
  let server: String

  /// What separates scopes there.
  let scopeSeparator: String

  /// The endpoint of the server at this URL.
  ///
  /// A secret is not sent in clear to another machine unless that is allowed.
  init(_ base: String, _ endpoint: ChosenTokenEndpoint, allowsPlainHTTP: Bool) throws {
    guard let components = URLComponents(string: base), let host = components.host, !host.isEmpty,
      let scheme = components.scheme, ["http", "https"].contains(scheme), components.query == nil,
      components.fragment == nil, components.user == nil
    else {
      throw CommandFailure("'\(base)' is not the URL of a server, such as http://127.0.0.1:8080", .usage)
    }
    guard scheme == "https" || allowsPlainHTTP || ListenAddress.isLoopback(host.trimming("[", "]")) else {
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
