package import TesseraJOSE

/// The public keys that verify our JWTs (RFC 7517 §5), pending ones too.
///
/// They are in two sets, because one key of a type that a library does not know makes many refuse the whole set.
package final class JWKSEndpoint: Endpoint {
  /// Which keys.
  package enum Contents: Sendable {
    /// Those that every library reads.
    case common
    /// Those of type AKP, for algorithms that quantum computers do not break.
    case postQuantum

    /// Where they are.
    package var path: String {
      switch self {
      case .common: "/.well-known/jwks.json"
      case .postQuantum: "/.well-known/jwks-pq.json"
      }
    }

    /// The keys themselves.
    fileprivate func keys(of keyRing: KeyRing) -> JWKSet {
      switch self {
      case .common: keyRing.publicKeys.commonlyRead
      case .postQuantum: keyRing.publicKeys.postQuantum
      }
    }

    /// The set that a key is in.
    package init(of algorithm: SigningAlgorithm) {
      self = algorithm == .mlDSA65 ? .postQuantum : .common
    }
  }

  private let contents: Contents
  private let replica: ReplicaReader
  private let lifetime: Int
  private let errors: RFC6749Errors
  private let document = KeptDocument()

  /// `lifetime` is how long the set may be kept, in seconds.
  package init(_ contents: Contents, replica: ReplicaReader, lifetime: Int, errors: RFC6749Errors) {
    self.contents = contents
    self.replica = replica
    self.lifetime = lifetime
    self.errors = errors
  }

  package var path: String { contents.path }

  /// That of the second set is our own.
  package var metadataMember: StaticString? {
    switch contents {
    case .common: "jwks_uri"
    case .postQuantum: "jwks_pq_uri"
    }
  }

  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    try exchange.request.requireRead()
    let facts = try exchange.view.facts(of: replica)
    return document.document(of: facts) { Array(contents.keys(of: facts.keyRing).json.utf8) }
      .response(to: exchange.request, lifetime: lifetime, isForEverySite: true)
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
