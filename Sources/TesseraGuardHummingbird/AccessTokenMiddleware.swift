import HTTPTypes
public import Hummingbird
import Logging
public import TesseraGuard

/// Lets only requests with a valid access token through, whose sender has the key that the token is bound to: by a DPoP
/// proof (RFC 9449 §7), or by a client certificate (RFC 8705 §3).
///
///     router.group("items")
///       .add(
///         middleware: AccessTokenMiddleware(verifier, origin: "https://api.example.com", requiring: "item")
///       )
///       .get { _, context in try context.accessToken.clientID }
///
/// A token that is bound to nothing passes as a Bearer token, unless `requiresBinding` is set. ``BearerTokenMiddleware``
/// takes only such.
public struct AccessTokenMiddleware<Context: AccessTokenRequestContext>: RouterMiddleware {
  private let verifier: AccessTokenVerifier
  private let origin: String
  private let requiredScopes: [String]
  private let requiresBinding: Bool
  private let realm: String
  private let clientCertificate: @Sendable (Request, Context) -> [UInt8]?

  /// Requires a valid token with all of these scopes.
  ///
  /// - Parameters:
  ///   - verifier: What tells valid tokens from others.
  ///   - origin: What the URLs of the API begin with for its clients, such as `https://api.example.com`, or with the path
  ///     that a proxy takes away; without a slash at the end. Proofs are for these URLs.
  ///   - requiredScopes: The scopes, of which a token must have every one. None accepts any valid token. Each must
  ///     be a `scope-token` (RFC 6749 §3.3): printable ASCII without space, quote and backslash.
  ///   - requiresBinding: Whether tokens that are bound to no key are refused; no by default.
  ///   - realm: What the API calls itself in challenges.
  ///   - clientCertificate: The certificate in DER that the client has shown, which the TLS connection knows, or a proxy
  ///     that overwrites the header field it is in; never one that the client could have sent. None by default.
  public init(
    _ verifier: AccessTokenVerifier,
    origin: String,
    requiring requiredScopes: String...,
    requiresBinding: Bool = false,
    realm: String = "api",
    clientCertificate: @escaping @Sendable (Request, Context) -> [UInt8]? = { _, _ in nil }
  ) {
    for scope in requiredScopes { precondition(ScopeName.isValid(scope), "\(scope) cannot be a scope") }
    self.verifier = verifier
    self.origin = origin
    self.requiredScopes = requiredScopes
    self.requiresBinding = requiresBinding
    self.realm = realm
    self.clientCertificate = clientCertificate
  }

  /// Verifies the token, then passes the request on.
  ///
  /// - Throws: ``AccessTokenError`` instead.
  public func handle(
    _ request: Request,
    context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var context = context
    do throws(AccessRefusal) {
      context.verifiedAccessToken = try await verify(request, context)
    } catch {
      context.logger.debug("refused a request", metadata: ["reason": "\(error.detail)"])
      throw AccessTokenError(refusal: error, realm: realm)
    }
    return try await next(request, context)
  }

  private func verify(_ request: Request, _ context: Context) async throws(AccessRefusal)
    -> VerifiedAccessToken
  {
    try await verifier.verify(
      ProtectedRequest(
        method: request.method.rawValue,
        url: origin + request.uri.path,
        query: request.uri.query,
        authorization: request.headers[values: .authorization],
        proofs: HTTPField.Name("DPoP").map { request.headers[values: $0] } ?? [],
        clientCertificate: clientCertificate(request, context)
      ),
      requiring: requiredScopes,
      requiresBinding: requiresBinding
    )
  }
}

/// A refusal of ``AccessTokenMiddleware``; a middleware before it can catch it and answer otherwise.
public struct AccessTokenError: HTTPResponseError {
  /// Why the request was refused.
  public let refusal: AccessRefusal
  /// What the API calls itself.
  public let realm: String

  /// The HTTP status.
  public var status: HTTPResponse.Status { HTTPResponse.Status(code: refusal.status) }

  /// The answer: a challenge (RFC 6750 §3, RFC 9449 §7.1), and JSON with the error code when there is one.
  public func response(from request: Request, context: some RequestContext) -> Response {
    Response(status: status, headers: refusal.headers(realm: realm), body: refusal.body)
  }
}
