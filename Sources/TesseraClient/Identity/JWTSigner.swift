import TesseraJOSE

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes JWTs of one kind with one key (RFC 7515 §7.1).
struct JWTSigner: Sendable {
  private struct Header: Encodable {
    let typ: String
    let alg: String
    var kid: String?
    var jwk: [String: String]?
  }

  private let key: any SigningKey
  private let encodedHeader: String

  /// JWTs that name their key, when it has a name.
  static func namingItsKey(_ key: ClientPrivateKey) -> JWTSigner {
    JWTSigner(key, Header(typ: "JWT", alg: key.algorithm.rawValue, kid: key.keyID))
  }

  /// JWTs that carry their public key, which is how DPoP's do (RFC 9449 §4.2).
  static func carryingItsKey(_ key: ClientPrivateKey, type: String) -> JWTSigner {
    JWTSigner(key, Header(typ: type, alg: key.algorithm.rawValue, jwk: key.publicMembers))
  }

  private init(_ key: ClientPrivateKey, _ header: Header) {
    self.key = key.key
    encodedHeader = Base64URL.encode(JSONBytes.encode(header))
  }

  /// A JWT with these claims.
  func jwt(_ claims: some Encodable) throws(TokenRequestError) -> String {
    let signed = encodedHeader + "." + Base64URL.encode(JSONBytes.encode(claims))
    guard let signature = key.signature(for: Array(signed.utf8)) else {
      throw TokenRequestError(.credentialsUnavailable, message: "the private key cannot sign")
    }
    return signed + "." + Base64URL.encode(signature)
  }
}

/// JSON of values that always have one: texts and whole numbers.
enum JSONBytes {
  static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("texts and whole numbers have a JSON form")
    }
    return Array(data)
  }
}
