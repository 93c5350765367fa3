import NIOCore
import NIOHTTP1
import TesseraFetching
import TesseraJOSE
import TesseraSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ServiceExchange.Answer {
  /// The server's time of day; nil when it does not say.
  private var date: Timestamp? { headers.first(name: "Date").flatMap { Timestamp(httpDate: $0) } }

  /// How long the server wants to be left alone (RFC 9110 §10.2.3): seconds, or a date, which is compared with
  /// the server's own when it has one.
  func retryAfter(_ wallClock: WallClock) -> Duration? {
    if let seconds = retryAfterSeconds { return seconds < 0 ? nil : .seconds(min(seconds, 1 << 32)) }
    return headers.first(name: "Retry-After").flatMap { Timestamp(httpDate: $0) }.map {
      .milliseconds(max(0, $0.milliseconds - (date ?? wallClock.now).milliseconds))
    }
  }

  /// The token that was granted.
  func granted(
    _ dialect: TokenDialect,
    to proof: DPoPProver?,
    requestedAt: Duration,
    settings: ClientCredentialsTokenSource.Settings,
    wallClock: WallClock
  ) throws(TokenRequestError) -> GrantedToken {
    let members: GrantedMembers
    do {
      members = try JSONDecoder().decode(GrantedMembers.self, from: Data(body.readableBytesView))
    } catch {
      // The decoder's error is not passed on, because it can quote the body.
      throw malformed("it is not a JSON object with the members of a token")
    }
    guard let value = members[dialect == .contract ? "accessToken" : "access_token"]?.text,
      !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw malformed("there is no usable token in it") }
    let lifetime =
      switch dialect {
      case .contract: try contractLifetime(members, wallClock: wallClock)
      case .rfc6749: try lifetime(members, assumed: settings.assumedLifetime)
      }
    let scheme = try scheme(members, dialect, to: proof)
    let scopes = members["scope"]?.text?.split(separator: dialect.scopeSeparator).map(String.init)
    return GrantedToken(
      value: value,
      scopes: scopes,
      lifetime: lifetime,
      requestedAt: requestedAt,
      scheme: scheme
    )
  }

  /// By the server's own clock, which `Date` shows, so that ours may be wrong.
  ///
  /// Whole seconds, because `Date` leaves out the fraction, by which the difference is too long.
  private func contractLifetime(
    _ members: GrantedMembers,
    wallClock: WallClock
  ) throws(TokenRequestError) -> Duration {
    guard let end = members["accessTokenExpiresAt"]?.text.flatMap(Timestamp.init(iso8601:)) else {
      throw malformed("it does not say when the token ends")
    }
    return .seconds(max(0, end.milliseconds - (date ?? wallClock.now).milliseconds) / 1000)
  }

  private func lifetime(
    _ members: GrantedMembers,
    assumed: Duration
  ) throws(TokenRequestError) -> Duration {
    guard let member = members["expires_in"] else { return assumed }
    // Some servers send a text, although RFC 6749 §5.1 says number.
    guard let seconds = member.number ?? member.text.flatMap(Double.init), seconds.isFinite else {
      throw malformed("expires_in is not a number")
    }
    let tenYears = 315_360_000.0
    return .seconds(Int64(min(max(0, seconds), tenYears)))
  }

  /// How the token is presented (RFC 6749 §7.1): by DPoP when it is bound to the key of the proof (RFC 9449 §5).
  private func scheme(
    _ members: GrantedMembers,
    _ dialect: TokenDialect,
    to proof: DPoPProver?
  ) throws(TokenRequestError) -> String {
    // The documented contract has the member only for a token that is bound to a key.
    let type = members["token_type"]?.text?.lowercased() ?? (dialect == .contract ? "bearer" : nil)
    switch (type, proof) {
    case ("bearer", nil): return "Bearer"
    case ("dpop", .some): return "DPoP"
    case ("bearer", let proof?):
      guard proof.allowsBearerTokens else {
        throw malformed(
          "it bound the token to no key; use a token service with DPoP, or set allowsBearerTokens"
        )
      }
      return "Bearer"
    default: throw malformed("the token is not a \(proof == nil ? "Bearer" : "DPoP") token")
    }
  }

  private func malformed(_ reason: String) -> TokenRequestError {
    TokenRequestError(
      .malformedAnswer,
      message: "the token service sent an answer that cannot be understood: \(reason)",
      status: status
    )
  }
}

/// A JSON object of which only texts and numbers are looked at.
private typealias GrantedMembers = [String: GrantedMember]

private struct GrantedMember: Decodable {
  let text: String?
  let number: Double?

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    text = try? container.decode(String.self)
    number = text == nil ? try? container.decode(Double.self) : nil
  }
}
