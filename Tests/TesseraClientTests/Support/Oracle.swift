import Crypto
import Foundation
import JWTKit

/// Verifies what the client signs by jwt-kit, so that our own code is not tested with itself.
enum Oracle {
  /// The claims of an assertion (RFC 7523 §3).
  struct Assertion: JWTPayload {
    let iss: String
    let sub: String
    let aud: String
    let jti: String
    let iat: Int
    let exp: Int

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  /// The claims of a DPoP proof (RFC 9449 §4.2).
  struct Proof: JWTPayload {
    let jti: String
    let htm: String
    let htu: String
    let iat: Int
    let ath: String?
    let nonce: String?

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  private struct NoKey: Error {}

  /// The claims of a JWT that the other half of this JWK has signed.
  static func claims<Claims: JWTPayload>(
    _ jwt: String,
    _ type: Claims.Type,
    signedBy jwk: [String: String],
    _ algorithm: String,
    kid: String? = nil
  ) async throws -> Claims {
    func member(_ name: String) throws -> String {
      guard let value = jwk[name] else { throw NoKey() }
      return value
    }
    let keys = JWTKeyCollection()
    let kid = kid.map { JWKIdentifier(string: $0) }
    switch algorithm {
    case "ES256":
      await keys.add(ecdsa: try ES256PublicKey(parameters: (x: member("x"), y: member("y"))), kid: kid)
    case "ES384":
      await keys.add(ecdsa: try ES384PublicKey(parameters: (x: member("x"), y: member("y"))), kid: kid)
    case "EdDSA": await keys.add(eddsa: try EdDSA.PublicKey(x: member("x"), curve: .ed25519), kid: kid)
    case "RS256":
      let key = try Insecure.RSA.PublicKey(modulus: member("n"), exponent: member("e"))
      await keys.add(rsa: key, digestAlgorithm: .sha256, kid: kid)
    case "PS256":
      let key = try Insecure.RSA.PublicKey(modulus: member("n"), exponent: member("e"))
      await keys.add(pss: key, digestAlgorithm: .sha256, kid: kid)
    case "ML-DSA-65":
      let pub = try member("pub").replacing("-", with: "+").replacing("_", with: "/")
      let bytes = Data(base64Encoded: pub + String(repeating: "=", count: (4 - pub.count % 4) % 4)) ?? Data()
      await keys.add(
        mldsa: try MLDSA65PublicKey(backing: Crypto.MLDSA65.PublicKey(rawRepresentation: bytes)),
        kid: kid
      )
    default: throw NoKey()
    }
    return try await keys.verify(jwt, as: Claims.self)
  }
}
