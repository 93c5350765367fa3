import Synchronization

/// What the server can do, for programs (RFC 8414): made from the endpoints that it has.
package final class MetadataEndpoint: Endpoint {
  package let path: String
  private let mounts: [String]
  private let members: ServerMetadata
  private let directory: Directory
  private let lifetime: Int
  private let errors: StandardErrors
  /// The document of some facts, of which the scopes and the keys change it.
  private let cached = Mutex<(facts: DirectoryFacts, document: PublicDocument)?>(nil)

  /// Metadata at these paths of the origin.
  ///
  /// `lifetime` is how long it may be kept, in seconds.
  init(
    mounts: [String],
    members: ServerMetadata,
    directory: Directory,
    lifetime: Int,
    errors: StandardErrors
  ) {
    path = mounts.first ?? ""
    self.mounts = mounts
    self.members = members
    self.directory = directory
    self.lifetime = lifetime
    self.errors = errors
  }

  package func paths(for issuer: IssuerIdentifier) -> [String] { mounts }

  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    try exchange.request.requireRead()
    let facts = try exchange.view.facts(of: directory)
    let document = cached.withLock { cached in
      if let cached, cached.facts === facts { return cached.document }
      let document = PublicDocument(members.json(facts))
      cached = (facts, document)
      return document
    }
    return document.response(to: exchange.request, lifetime: lifetime, isForEverySite: true)
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
