import AsyncHTTPClient
import Foundation
import NIOSSL
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// What a receiver of events can do, and what comes of it.
@Suite struct WebhookTests {
  private static let event = SecurityEvent(.test(Timestamp(milliseconds: 1_700_000_000_000), id: "an-id"))

  /// Tells the receiver at this URL of an event.
  private func tell(
    _ url: String,
    audience: String = "",
    trusting authority: TestAuthority? = nil,
    patience: Duration = .seconds(600)
  ) async throws -> DeliveryFailure? {
    try await TestServer.run { server in
      var configuration = ServerConfiguration.Notifications()
      configuration.webhookURL = url
      configuration.audience = audience
      let roots = try authority.map { authority in
        NIOSSLTrustRoots.certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8)))
      }
      let client = HTTPClient.forEvents(trusting: roots ?? .default)
      let keys = try server.replica.facts().keyRing
      let webhook = Webhook(
        configuration,
        issuer: { TestServer.issuer },
        keys: { keys },
        httpClient: client,
        patience: patience,
        clock: server.clocks.wall
      )
      let failure = await webhook.tell([WebhookTests.event])
      try await client.shutdown()
      return failure
    }
  }

  @Test("An event is pushed as RFC 8935 says, and has arrived by 202")
  func pushed() async throws {
    let receiver = try await EventReceiver()
    #expect(try await tell(receiver.url) == nil)
    let request = try #require(receiver.requests.first)
    #expect(receiver.requests.count == 1)
    #expect(request.method == "POST" && request.target == "/events")
    #expect(request.contentType == "application/secevent+jwt")
    let token = try TestJWT(request.body)
    #expect(token.header["typ"] as? String == "secevent+jwt")
    #expect(token.text("jti") == "an-id" && token.text("aud") == receiver.url)
    try await receiver.stop()
  }

  @Test("An audience that is configured is that of the token")
  func audience() async throws {
    let receiver = try await EventReceiver()
    #expect(try await tell(receiver.url, audience: "urn:soc") == nil)
    #expect(try TestJWT(try #require(receiver.accepted.first)).text("aud") == "urn:soc")
    try await receiver.stop()
  }

  @Test(
    "Anything but 202 is none that it has arrived by",
    arguments: [
      (200, "", false), (204, "", false), (401, "", false), (404, "", false), (500, "oops", false),
      (503, "", false), (400, #"{"err":"invalid_audience","description":"canary"}"#, true),
      (400, "canary", true),
      (400, #"{"err":"canary"}"#, true), (413, "", true),
    ]
  )
  func otherAnswers(status: Int, body: String, isRefusal: Bool) async throws {
    let receiver = try await EventReceiver()
    receiver.otherwise(.respond(status, body: body))
    let failure = try #require(try await tell(receiver.url))
    let code = body.contains("invalid_audience") ? " (invalid_audience)" : ""
    #expect(
      failure == DeliveryFailure("the receiver answered \(status), not 202\(code)", isRefusal: isRefusal)
    )
    #expect(receiver.accepted.isEmpty)
    try await receiver.stop()
  }

  @Test("How long it wants to be left alone is heard")
  func retryAfter() async throws {
    let receiver = try await EventReceiver()
    receiver.otherwise(.respond(429, headers: [("Retry-After", "120")]))
    #expect(try await tell(receiver.url)?.retryAfter == 120)
    try await receiver.stop()
  }

  @Test("A redirect is not followed", arguments: [301, 302, 303, 307, 308])
  func redirects(status: Int) async throws {
    let (receiver, elsewhere) = (try await EventReceiver(), try await EventReceiver())
    receiver.otherwise(.respond(status, headers: [("Location", elsewhere.url)]))
    #expect(try await tell(receiver.url)?.reason == "the receiver answered \(status), not 202")
    #expect(receiver.requests.count == 1 && elsewhere.requests.isEmpty)
    try await receiver.stop()
    try await elsewhere.stop()
  }

  @Test("An answer that is too large counts for nothing")
  func hugeAnswer() async throws {
    let receiver = try await EventReceiver()
    receiver.otherwise(.respond(202, body: String(repeating: "x", count: 20_000)))
    #expect(try await tell(receiver.url)?.reason == "the receiver answered with more than 16384 bytes")
    receiver.otherwise(.respond(202, body: String(repeating: "x", count: 16_384)))
    #expect(try await tell(receiver.url) == nil)
    try await receiver.stop()
  }

  @Test("A receiver that says nothing is given up")
  func hangs() async throws {
    let receiver = try await EventReceiver()
    receiver.otherwise(.hold)
    let failure = try await tell(receiver.url, patience: .milliseconds(20))
    #expect(failure?.reason == "the receiver did not answer within 0.02 seconds")
    try await receiver.stop()
  }

  @Test("One that is not there is told, without what is secret in its URL")
  func isNotThere() async throws {
    let receiver = try await EventReceiver()
    let url = receiver.url
    try await receiver.stop()
    let reason = try #require(try await tell(url + "/canary")?.reason)
    #expect(reason.hasPrefix("the receiver cannot be reached: ") && !reason.contains("canary"))
  }

  @Test("Over TLS only a certificate of an authority that is trusted counts")
  func secure() async throws {
    let authority = try TestAuthority()
    let receiver = try await EventReceiver(authority.issue())
    #expect(try await tell(receiver.url, trusting: authority) == nil)
    let failure = try await tell(receiver.url, trusting: TestAuthority())
    #expect(failure?.reason.hasPrefix("the receiver cannot be reached: ") == true)
    #expect(receiver.accepted.count == 1 && receiver.requests.count == 1)
    try await receiver.stop()
  }
}
