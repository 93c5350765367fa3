import TesseraJOSE
import TesseraSupport

/// Makes client assertions (RFC 7523 §3).
struct AssertionMaker: Sendable {
  private struct Claims: Encodable {
    let iss: String
    let sub: String
    let aud: String
    let jti: String
    let iat: Int64
    let exp: Int64
  }

  /// How long one is valid, in seconds: long enough for clocks that are a little apart.
  private static let lifetime: Int64 = 60

  let key: PrivateKeyReader
  let clientID: String
  /// The issuer of the token service or the URL of its token endpoint.
  let audience: String
  let wallClock: WallClock

  /// A new assertion.
  func proof() throws(TokenRequestError) -> ClientProof {
    let key = try key.current()
    let now = wallClock.now.milliseconds / 1000
    let claims = Claims(
      iss: clientID,
      sub: clientID,
      aud: audience,
      jti: JWTID.random(),
      iat: now,
      exp: now + AssertionMaker.lifetime
    )
    return ClientProof(
      assertion: try JWTSigner.namingItsKey(key.key).jwt(claims),
      .jwtBearer,
      clientID: clientID,
      key.version
    )
  }
}

/// Identifiers of JWTs (`jti`, RFC 7519 §4.1.7).
enum JWTID {
  /// One that nobody has used: 128 random bits.
  static func random() -> String { Base64URL.encode(RandomSource.system.bytes(count: 16)) }
}
