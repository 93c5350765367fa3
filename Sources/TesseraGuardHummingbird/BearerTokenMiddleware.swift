public import Hummingbird
import Logging
public import TesseraGuard

/// Lets only requests with a valid access token through (RFC 6750).
///
///     router.group("items").add(middleware: BearerTokenMiddleware(verifier, requiring: "item"))
///       .get { _, context in try context.accessToken.clientID }
///
/// Others are answered here: 401 without a valid token, 403 without the scopes, 400 for a token in the query or two
/// tokens, and 503 when the token service does not answer.
public struct BearerTokenMiddleware<Context: AccessTokenRequestContext>: RouterMiddleware {
  private let verifier: AccessTokenVerifier
  private let requiredScopes: [String]
  private let realm: String

  /// Requires a valid token with all of these scopes.
  ///
  /// - Parameters:
  ///   - verifier: What tells valid tokens from others.
  ///   - requiredScopes: The scopes, of which a token must have every one. None accepts any valid token. Each must
  ///     be a `scope-token` (RFC 6749 §3.3): printable ASCII without space, quote and backslash.
  ///   - realm: What the API calls itself in challenges.
  public init(_ verifier: AccessTokenVerifier, requiring requiredScopes: String..., realm: String = "api") {
    for scope in requiredScopes { precondition(ScopeName.isValid(scope), "\(scope) cannot be a scope") }
    self.verifier = verifier
    self.requiredScopes = requiredScopes
    self.realm = realm
  }

  /// Verifies the token, then passes the request on.
  ///
  /// - Throws: ``BearerTokenError`` instead.
  public func handle(
    _ request: Request,
    context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var context = context
    do throws(BearerRefusal) {
      context.verifiedAccessToken = try await verify(request)
    } catch {
      context.logger.debug("refused a request", metadata: ["reason": "\(error.code ?? "no token")"])
      throw BearerTokenError(refusal: error, realm: realm)
    }
    return try await next(request, context)
  }

  private func verify(_ request: Request) async throws(BearerRefusal) -> VerifiedAccessToken {
    let credentials = try BearerCredentials(
      authorization: request.headers[values: .authorization],
      query: request.uri.query
    )
    let token: VerifiedAccessToken
    do throws(VerificationError) {
      token = try await verifier.verify(credentials.token)
    } catch {
      throw BearerRefusal(error)
    }
    guard token.scopes.isSuperset(of: requiredScopes) else {
      throw .insufficientScope(required: requiredScopes)
    }
    return token
  }
}
