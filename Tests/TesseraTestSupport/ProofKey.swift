import Crypto
import CryptoExtras
package import Foundation

/// A key by which a client signs DPoP proofs, and what a server may see of it: by swift-crypto and Foundation, so that our
/// own code is not tested with itself.
package struct ProofKey: Sendable {
  /// The algorithm, as `alg` has it.
  package let algorithm: String
  /// The public key as JSON (RFC 7517).
  package let jwk: String
  /// Members of a private key of the kind, with a comma before.
  package let privateMember: String
  /// The RFC 7638 thumbprint.
  package let thumbprint: String
  private let sign: @Sendable (Data) throws -> Data

  /// The algorithms that there is a key of.
  package static let algorithms = ["ES256", "ES384", "EdDSA", "RS256", "PS256"]

  /// A new key.
  package init(_ algorithm: String = "ES256") throws {
    // In the order of RFC 7638 §3.3.
    let members: [(String, String)]
    self.algorithm = algorithm
    switch algorithm {
    case "EdDSA":
      let key = Curve25519.Signing.PrivateKey()
      members = [
        ("crv", "Ed25519"), ("kty", "OKP"), ("x", ProofKey.base64URL(key.publicKey.rawRepresentation)),
      ]
      privateMember = #","d":"\#(ProofKey.base64URL(key.rawRepresentation))""#
      sign = { try key.signature(for: $0) }
    case "RS256", "PS256":
      let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
      let numbers = try key.publicKey.getKeyPrimitives()
      members = [
        ("e", ProofKey.base64URL(numbers.publicExponent)), ("kty", "RSA"),
        ("n", ProofKey.base64URL(numbers.modulus)),
      ]
      privateMember = #","p":"AQAB""#
      sign = {
        try key.signature(
          for: SHA256.hash(data: $0),
          padding: algorithm == "PS256" ? .PSS : .insecurePKCS1v1_5
        )
        .rawRepresentation
      }
    case "ES384":
      let key = P384.Signing.PrivateKey()
      let point = key.publicKey.rawRepresentation
      members = [
        ("crv", "P-384"), ("kty", "EC"), ("x", ProofKey.base64URL(point.prefix(48))),
        ("y", ProofKey.base64URL(point.suffix(48))),
      ]
      privateMember = #","d":"\#(ProofKey.base64URL(key.rawRepresentation))""#
      sign = { try key.signature(for: $0).rawRepresentation }
    default:
      let key = P256.Signing.PrivateKey()
      let point = key.publicKey.rawRepresentation
      members = [
        ("crv", "P-256"), ("kty", "EC"), ("x", ProofKey.base64URL(point.prefix(32))),
        ("y", ProofKey.base64URL(point.suffix(32))),
      ]
      privateMember = #","d":"\#(ProofKey.base64URL(key.rawRepresentation))""#
      sign = { try key.signature(for: $0).rawRepresentation }
    }
    jwk = "{\(members.map { #""\#($0.0)":"\#($0.1)""# }.joined(separator: ","))}"
    thumbprint = ProofKey.base64URL(Data(SHA256.hash(data: Data(jwk.utf8))))
  }

  /// The signature of these bytes, in the form of JWS.
  package func signature(of text: String) throws -> Data { try sign(Data(text.utf8)) }

  /// base64url without padding.
  package static func base64URL(_ bytes: Data) -> String {
    bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// What `ath` is of this token (RFC 9449 §4.2).
  package static func hash(of token: String) -> String {
    base64URL(Data(SHA256.hash(data: Data(token.utf8))))
  }
}
