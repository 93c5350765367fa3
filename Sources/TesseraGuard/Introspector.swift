import AsyncHTTPClient
import NIOHTTP1
import TesseraFetching

/// Asks the introspection endpoint.
struct Introspector: Sendable {
  let endpoint: IntrospectionEndpointURL
  let credentials: IntrospectionCredentials
  let settings: AccessTokenVerifier.Settings
  let exchange: ServiceExchange

  /// What the token service says about a token (RFC 7662 §2.1).
  func introspect(_ token: String) async throws(IntrospectionFailure) -> Finding {
    guard let secret = credentials.currentSecret() else { throw IntrospectionFailure(.secretUnavailable) }
    let answer: ServiceExchange.Answer
    do throws(ServiceExchange.Failure) {
      answer = try await exchange.answer(
        within: settings.timeout,
        upTo: settings.maximumAnswerSize,
        mayRepeat: true
      ) {
        question(token, secret)
      }
    } catch {
      throw IntrospectionFailure(Outage.Reason(error))
    }
    return try read(answer)
  }

  private func question(_ token: String, _ secret: String) -> HTTPClientRequest {
    var request = HTTPClientRequest.form(
      [("token", token), ("token_type_hint", "access_token")],
      to: endpoint.text,
      userAgent: "TesseraGuard"
    )
    request.authenticate(clientID: credentials.clientID, secret: secret)
    return request
  }

  private func read(_ answer: ServiceExchange.Answer) throws(IntrospectionFailure) -> Finding {
    switch answer.status {
    case 200: return try IntrospectionAnswer(answer.body).finding(for: settings.audience)
    case 401, 403:
      throw IntrospectionFailure(.refused(status: answer.status), pause: settings.refusedCredentialsPause)
    case 429, 503: throw IntrospectionFailure(.failed(status: answer.status), pause: pause(answer))
    default: throw IntrospectionFailure(Outage.Reason(status: answer.status))
    }
  }

  private func pause(_ answer: ServiceExchange.Answer) -> Duration? {
    answer.retryAfterSeconds.flatMap { $0 > 0 ? min(.seconds($0), settings.longestPause) : nil }
  }
}
