package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import TesseraCore
import TesseraFetching
import TesseraJOSE
package import TesseraSupport

/// Pushes events to a URL as Security Event Tokens (RFC 8935).
///
/// It asks what an operator has configured, private addresses too, and goes nowhere that an answer points to.
package struct Webhook: DeliverySink {
  /// How many bytes it may answer.
  private static let maximumAnswer = 16_384
  /// What it can say of a token that it refuses (RFC 8935 §2.4), which is all that is taken from its answers.
  private static let errors: Set = [
    "invalid_request", "invalid_key", "invalid_issuer", "invalid_audience", "authentication_failed",
    "access_denied",
  ]

  private let url: String
  private let token: @Sendable () -> SecurityEventToken?
  private let keys: @Sendable () -> KeyRing?
  private let exchange: ServiceExchange
  private let patience: Duration
  private let clock: WallClock

  /// `issuer` and `keys` are nil for as long as they are not known; `patience` is how long the receiver may take.
  package init(
    _ configuration: ServerConfiguration.Notifications,
    issuer: @escaping @Sendable () -> String?,
    keys: @escaping @Sendable () -> KeyRing?,
    httpClient: HTTPClient,
    patience: Duration = .seconds(10),
    clock: WallClock = .system
  ) {
    let url = configuration.webhookURL
    let audience = configuration.audience.isEmpty ? url : configuration.audience
    self.url = url
    token = { issuer().map { SecurityEventToken(issuer: $0, audience: audience) } }
    self.keys = keys
    self.patience = patience
    exchange = ServiceExchange(httpClient: httpClient, time: Timekeeper(ContinuousClock()))
    self.clock = clock
  }

  package var batchSize: Int { 1 }

  package func tell(_ events: [SecurityEvent]) async -> DeliveryFailure? {
    for event in events {
      if let failure = await tell(event) { return failure }
    }
    return nil
  }

  private func tell(_ event: SecurityEvent) async -> DeliveryFailure? {
    let body: [UInt8]
    do throws(OAuthError) {
      guard let token = token(), let keys = keys() else {
        return DeliveryFailure("the server does not know its keys now")
      }
      body = try token.encode(event, by: keys, at: clock.now)
    } catch {
      return DeliveryFailure(error.privateDetail ?? error.reason.description)
    }
    let answer: ServiceExchange.Answer
    do throws(ServiceExchange.Failure) {
      answer = try await exchange.answer(
        within: patience,
        upTo: Webhook.maximumAnswer,
        mayRepeat: true
      ) { [url] in
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = [
          "Content-Type": "application/secevent+jwt", "Accept": "application/json",
          "User-Agent": "tessera/\(Version.current)",
        ]
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
      }
    } catch {
      return DeliveryFailure(reason(error))
    }
    return Webhook.failure(answer)
  }

  /// Why an answer is none that the event was taken; nil when it is (RFC 8935 §2.2).
  private static func failure(_ answer: ServiceExchange.Answer) -> DeliveryFailure? {
    guard answer.status != 202 else { return nil }
    var reason = "the receiver answered \(answer.status), not 202"
    if answer.status == 400, let error = JSON(answer.body.readableBytesView)?.members?["err"]?.text,
      errors.contains(error)
    {
      reason += " (\(error))"
    }
    return DeliveryFailure(
      reason,
      retryAfter: answer.retryAfterSeconds.map { max(0, $0) },
      isRefusal: [400, 413, 415, 422].contains(answer.status)
    )
  }

  private func reason(_ failure: ServiceExchange.Failure) -> String {
    switch failure {
    case .redirected: "the receiver redirects, which is not followed"
    case .tooLarge: "the receiver answered with more than \(Webhook.maximumAnswer) bytes"
    case .timedOut: "the receiver did not answer within \(patience)"
    case .unreachable(let detail): "the receiver cannot be reached: \(detail.printable)"
    }
  }
}
