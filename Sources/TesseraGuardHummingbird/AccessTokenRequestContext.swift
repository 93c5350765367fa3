public import Hummingbird
import Logging
public import TesseraGuard

/// A request context that knows the access token of the request.
///
///     struct MyContext: AccessTokenRequestContext {
///       var coreContext: CoreRequestContextStorage
///       var verifiedAccessToken: VerifiedAccessToken?
///     }
public protocol AccessTokenRequestContext: RequestContext {
  /// What ``BearerTokenMiddleware`` has found; nil until it has.
  var verifiedAccessToken: VerifiedAccessToken? { get set }
}

extension AccessTokenRequestContext {
  /// What the access token of the request says: client ID, scopes, expiry.
  ///
  /// - Throws: 500 when no ``BearerTokenMiddleware`` stands before the handler, so that a forgotten one opens
  ///   nothing.
  public var accessToken: VerifiedAccessToken {
    get throws {
      guard let verifiedAccessToken else {
        logger.error("there is no BearerTokenMiddleware before a handler that reads the access token")
        throw HTTPError(.internalServerError)
      }
      return verifiedAccessToken
    }
  }
}

/// A request context that knows the access token of the request, and nothing else beyond what Hummingbird needs.
public struct BasicAccessTokenRequestContext: AccessTokenRequestContext {
  /// What Hummingbird itself keeps.
  public var coreContext: CoreRequestContextStorage
  /// What ``BearerTokenMiddleware`` has found.
  public var verifiedAccessToken: VerifiedAccessToken?

  /// The context of a request.
  public init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
  }
}
