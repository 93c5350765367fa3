package import TesseraSupport

/// The server metadata (RFC 8414), derived from the registered endpoints.
package final class MetadataEndpoint: Endpoint {
  package let path: String
  private let mounts: [String]
  private let members: ServerMetadata
  private let replica: ReplicaReader
  private let lifetime: Int
  private let errors: RFC6749Errors
  private let document = KeptDocument()

  /// Metadata at these paths of the origin.
  ///
  /// `lifetime` is how long it may be kept, in seconds.
  init(
    mounts: [String],
    members: ServerMetadata,
    replica: ReplicaReader,
    lifetime: Int,
    errors: RFC6749Errors
  ) {
    path = mounts.first ?? ""
    self.mounts = mounts
    self.members = members
    self.replica = replica
    self.lifetime = lifetime
    self.errors = errors
  }

  package func paths(for issuer: IssuerIdentifier) -> [String] { mounts }

  package func respond(to exchange: inout Exchange) throws(Interruption) -> EndpointResponse {
    try exchange.request.requireRead()
    let facts = try exchange.view.facts(of: replica)
    return document.document(of: facts) { members.json(facts) }
      .response(to: exchange.request, lifetime: lifetime, isForEverySite: true)
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
