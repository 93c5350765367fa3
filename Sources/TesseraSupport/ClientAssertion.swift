package import TesseraJOSE

/// What a client proves by who it is, with a key of its own (RFC 7523 §3).
package struct ClientAssertion: Sendable {
  private struct Claims: Encodable {
    let iss: String
    let sub: String
    let aud: String
    let jti: String
    let iat: Int64
    let exp: Int64
  }

  /// What it is (RFC 7523 §2.2 `client_assertion_type`).
  package static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// How long one is valid, in seconds: long enough for clocks that are a little apart.
  private static let lifetime: Int64 = 60

  private let signer: JWTSigner
  private let clientID: String
  private let audience: String

  /// Assertions of a client for a token service: its issuer, or the URL of its token endpoint.
  package init(by clientID: String, for audience: String, _ signer: JWTSigner) {
    self.clientID = clientID
    self.audience = audience
    self.signer = signer
  }

  /// A new one, for one request; nil when the library cannot sign.
  package func make(at now: Timestamp) -> String? {
    let seconds = now.milliseconds / 1000
    return signer.jwt(
      Claims(
        iss: clientID,
        sub: clientID,
        aud: audience,
        jti: JWTID.random(),
        iat: seconds,
        exp: seconds + ClientAssertion.lifetime
      )
    )
  }
}

/// Identifiers of JWTs (`jti`, RFC 7519 §4.1.7).
package enum JWTID {
  /// One that nobody has used: 128 random bits.
  package static func random() -> String { Base64URL.encode(RandomSource.system.bytes(count: 16)) }
}
