public import AsyncHTTPClient
public import NIOCore
import NIOHTTP1
import TesseraSupport

extension HTTPClient {
  /// Calls an API with a token that is presented as it has to be: as a Bearer token (RFC 6750 §2.1), with a DPoP proof
  /// (RFC 9449 §7.1), or over a connection that shows the client's certificate (RFC 8705 §3).
  ///
  /// When the API answers 401, the token is renewed once and the call repeated once, if its body can be sent
  /// again; otherwise the next call gets another token. An API that wants a nonce in the proof gets it, once. Whatever
  /// the API answers then is returned.
  ///
  /// - Parameters:
  ///   - request: The call; `Authorization` and `DPoP` header fields in it are replaced.
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
    let canRepeat = request.body == nil || repeatsBody
    let dpop = tokens.requester.dpop
    var answer = try await present(token, dpop, in: request, deadline: deadline)
    if answer.wantsNonce {
      // Nothing is wrong with the token, and the next call has the nonce.
      guard canRepeat else { return answer.response }
      answer = try await present(token, dpop, in: request, deadline: deadline)
    }
    guard answer.response.status == .unauthorized, !answer.wantsNonce else { return answer.response }
    guard canRepeat else {
      tokens.forget(token)
      return answer.response
    }
    let renewed = try await time.beforeDeadline(end) { try await tokens.renew(after: token) }
    // The same token would only be rejected again.
    guard renewed.serial != token.serial else { return answer.response }
    return try await present(renewed, dpop, in: request, deadline: deadline).response
  }

  private func present(
    _ token: AccessToken,
    _ dpop: DPoPProver?,
    in request: HTTPClientRequest,
    deadline: NIODeadline
  ) async throws -> APIAnswer {
    var call = request
    call.headers.replaceOrAdd(name: "Authorization", value: token.authorization)
    if let tls = token.tls { call.tlsConfiguration = tls }
    guard token.scheme == "DPoP", let dpop else {
      return APIAnswer(response: try await execute(call, deadline: deadline), wantsNonce: false)
    }
    let proof = try dpop.proof(request.method.rawValue, request.url, presenting: token.value)
    call.headers.replaceOrAdd(name: "DPoP", value: proof.text)
    let response = try await execute(call, deadline: deadline)
    // The nonce of somewhere else that a redirect led to is not for here.
    let hasNonce = response.history.count <= 1 && dpop.keepNonce(in: response.headers, answering: proof)
    return APIAnswer(response: response, wantsNonce: hasNonce && response.refusesNonce)
  }
}

/// What an API answered.
private struct APIAnswer {
  let response: HTTPClientResponse
  /// Whether it wants another nonce in the proof, which it has sent.
  let wantsNonce: Bool
}

extension HTTPClientResponse {
  /// Whether it is a refusal that a nonce can mend (RFC 9449 §9): one that says so, or says nothing of the token.
  fileprivate var refusesNonce: Bool {
    guard status == .unauthorized else { return false }
    let challenges = headers["WWW-Authenticate"].joined(separator: ", ")
    return challenges.contains("use_dpop_nonce") || !challenges.contains("invalid_token")
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
