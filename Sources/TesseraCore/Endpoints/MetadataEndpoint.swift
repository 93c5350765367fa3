package import TesseraSupport

/// What the server can do, for programs (RFC 8414): made from the endpoints that it has.
package final class MetadataEndpoint: Endpoint {
  package let path: String
  private let mounts: [String]
  private let members: ServerMetadata
  private let directory: Directory
  private let lifetime: Int
  private let errors: StandardErrors
  private let document = KeptDocument()

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
    return document.document(of: facts) { members.json(facts) }
      .response(to: exchange.request, lifetime: lifetime, isForEverySite: true)
  }

  package func response(for error: OAuthError) -> EndpointResponse { errors.response(for: error) }
}
