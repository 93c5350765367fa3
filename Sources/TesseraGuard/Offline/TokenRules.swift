import TesseraJOSE
import TesseraSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a token must be to be valid for an API (RFC 9068 §4, RFC 8725 §3), apart from time and revocation.
struct TokenRules: Sendable {
  let issuer: String
  let audience: String
  let settings: AccessTokenVerifier.Settings

  /// Whether it can be a token at all.
  func isWellFormed(_ token: String) -> Bool {
    TokenSyntax.isWellFormed(token, maximumLength: settings.maximumTokenLength)
  }

  /// Takes a token apart; nil for one that is refused whatever its signature is.
  func open(_ token: String) -> JWS? {
    JWS(
      Array(token.utf8),
      types: settings.acceptsPlainType ? JWTType.allCases.map(\.rawValue) : [JWTType.accessToken.rawValue],
      algorithms: settings.algorithms
    )
  }

  /// The token, whose signature is of this key; nil when it is not for us.
  func token(_ text: JWS, signedBy key: JWK) -> SignedToken? {
    guard let claims = text.claims, claims.has("iss", issuer),
      let audiences = claims.texts("aud"),
      audiences.contains(where: { $0.utf8.elementsEqual(audience.utf8) }),
      let expiresAt = claims.time("exp"), let second = claims.time("iat"),
      claims["nbf"] == nil || claims.time("nbf") != nil,
      let clientID = claims.text("client_id"), claims.text("sub") != nil, let tokenID = claims.text("jti"),
      claims["scope"] == nil || claims["scope"]?.text != nil,
      // What is bound to a key of another kind could pass without a proof.
      claims["cnf"] == nil || TokenRules.binding(claims["cnf"]) != nil
    else { return nil }
    let id = TokenID(tokenID)
    let issuedAt = second.advanced(byMilliseconds: id.map(TokenRules.millisecond) ?? 0)
    let content = VerifiedAccessToken(
      clientID: clientID,
      scopes: Set((claims["scope"]?.text ?? "").split(separator: " ").map(String.init)),
      audiences: audiences,
      expiresAt: Date(expiresAt),
      issuedAt: Date(issuedAt),
      tokenID: tokenID,
      binding: TokenRules.binding(claims["cnf"])
    )
    return SignedToken(
      content: content,
      key: key,
      id: id,
      issuedAt: issuedAt,
      expiresAt: expiresAt,
      notBefore: claims.time("nbf")
    )
  }

  /// The key that a claim `cnf` names; nil where it names none that can be checked.
  private static func binding(_ claim: JSON?) -> AccessTokenBinding? {
    guard let members = claim?.members else { return nil }
    let texts = members.compactMapValues(\.text)
    return texts.count == members.count ? AccessTokenBinding(texts) : nil
  }

  /// Within the second of `iat`: Tessera's token IDs begin with it.
  private static func millisecond(_ id: TokenID) -> Int64 {
    let bytes = id.bytes
    return min(Int64(bytes[0]) << 8 | Int64(bytes[1]), 999)
  }
}

extension Duration {
  /// In whole milliseconds, rounded down.
  var milliseconds: Int64 { Int64(clamping: Int128(attoseconds / 1_000_000_000_000_000)) }
}
