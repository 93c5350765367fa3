public import AsyncHTTPClient
public import NIOCore
import NIOHTTP1
import TesseraSupport

extension HTTPClient {
  /// Calls an API with a Bearer token (RFC 6750 §2.1).
  ///
  /// When the API answers 401, the token is renewed once and the call repeated once, if its body can be sent
  /// again; otherwise the next call gets another token. Whatever the API answers then is returned.
  ///
  /// - Parameters:
  ///   - request: The call; an `Authorization` header field in it is replaced.
  ///   - timeout: How long it may take until the response begins, with the token and a repeated call.
  ///   - tokens: Where the token comes from.
  ///   - scopes: The scopes that the API asks for.
  ///   - audience: The resource that is to accept the token (RFC 8707); nil for the usual one.
  ///   - repeatsBody: Whether the request's body, if it has one, may be sent twice. True is right for
  ///     `.bytes(…)` and wrong for `.stream(…)`, which AsyncHTTPClient does not let us tell apart.
  /// - Returns: The response, whose body has not been read.
  /// - Throws: ``TokenRequestError`` when there is no token, `HTTPClientError.deadlineExceeded` when it took too
  ///   long, or what `execute(_:deadline:)` throws.
  public func execute(
    _ request: HTTPClientRequest,
    timeout: TimeAmount,
    authorizedBy tokens: ClientCredentialsTokenSource,
    scopes: [String],
    audience: String? = nil,
    repeatsBody: Bool = false
  ) async throws -> HTTPClientResponse {
    let time = tokens.requester.time
    let end = time.now + .nanoseconds(timeout.nanoseconds)
    let deadline = NIODeadline.now() + timeout
    let key = TokenKey(scopes: scopes, audience: audience)
    let token =
      if let cached = try tokens.cached(key) {
        cached
      } else {
        try await time.beforeDeadline(end) { try await tokens.token(for: scopes, audience: audience) }
      }
    let response = try await execute(request.presenting(token), deadline: deadline)
    guard response.status == .unauthorized else { return response }
    guard request.body == nil || repeatsBody else {
      tokens.forget(token)
      return response
    }
    let renewed = try await time.beforeDeadline(end) { try await tokens.renew(after: token) }
    // The same token would only be rejected again.
    guard renewed.serial != token.serial else { return response }
    return try await execute(request.presenting(renewed), deadline: deadline)
  }
}

extension HTTPClientRequest {
  fileprivate func presenting(_ token: AccessToken) -> HTTPClientRequest {
    var copy = self
    copy.headers.replaceOrAdd(name: "Authorization", value: token.authorization)
    return copy
  }
}

extension Timekeeper {
  fileprivate func beforeDeadline<Value: Sendable>(
    _ end: Duration,
    _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    do {
      return try await run(within: end - now, operation)
    } catch is TimedOut {
      throw HTTPClientError.deadlineExceeded
    }
  }
}
