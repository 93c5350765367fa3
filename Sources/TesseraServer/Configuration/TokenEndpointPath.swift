import TesseraCore
import TesseraSupport

/// Where a token endpoint is, or that there is none.
package struct TokenEndpointPath: Sendable, Equatable {
  /// The path; nil when the endpoint is switched off.
  package let path: String?

  /// What switches an endpoint off.
  static let off = TokenEndpointPath(path: nil)
  /// How that is written.
  private static let offText = "off"

  init(path: String?) {
    self.path = path
  }

  /// Nil for a text that is neither a path nor `off`.
  init?(_ text: String) {
    guard text == TokenEndpointPath.offText || EndpointPath.isAllowed(text) else { return nil }
    path = text == TokenEndpointPath.offText ? nil : text
  }

  /// As it is written in the configuration.
  var text: String { path ?? TokenEndpointPath.offText }
}

/// The token endpoint that the command line asks and shows.
package struct ChosenTokenEndpoint: Sendable {
  /// Where it is, below the issuer.
  package let path: String
  /// What separates scopes there.
  package let scopeSeparator: String

  package init(path: String, scopeSeparator: String) {
    self.path = path
    self.scopeSeparator = scopeSeparator
  }
}

extension ServerConfiguration {
  /// That of the contract, unless it is switched off.
  package var tokenEndpoint: ChosenTokenEndpoint {
    contract.path.map { ChosenTokenEndpoint(path: $0, scopeSeparator: ",") }
      ?? ChosenTokenEndpoint(path: rfc6749.path ?? "", scopeSeparator: " ")
  }

  /// Throws unless there is a token endpoint, and each is where nothing else is.
  func checkTokenEndpoints() throws(ConfigurationError) {
    let issuer = IssuerIdentifier(issuer ?? "")
    for (key, endpoint) in [("contract.path", contract), ("rfc6749.path", rfc6749)] {
      guard let path = endpoint.path, EndpointPath.collides(path, with: EndpointPath.taken, issuer: issuer)
      else { continue }
      throw ConfigurationError("\(key) is \(path), where another endpoint of the server is")
    }
    switch (contract.path, rfc6749.path) {
    case (nil, nil):
      throw ConfigurationError(
        "contract.path and rfc6749.path are both off, but there must be a token endpoint"
      )
    case (let contract?, let rfc6749?)
    where EndpointPath.collides(contract, with: [rfc6749], issuer: issuer):
      throw ConfigurationError(
        "contract.path is \(contract) and rfc6749.path is \(rfc6749), where it would be found too: set one of them "
          + "to another path, or to off"
      )
    default: return
    }
  }
}
