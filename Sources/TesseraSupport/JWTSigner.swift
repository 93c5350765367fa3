package import TesseraJOSE

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes JWTs of one kind with one key (RFC 7515 §7.1).
package struct JWTSigner: Sendable {
  private struct Header: Encodable {
    let typ: String
    let alg: String
    var kid: String?
    var jwk: [String: String]?
  }

  private let key: any SigningKey
  private let encodedHeader: String

  /// JWTs that name their key by this ID; nil for a key without.
  package init(_ key: any SigningKey, algorithm: String, keyID: String?) {
    self.init(key, Header(typ: "JWT", alg: algorithm, kid: keyID))
  }

  /// JWTs of this type that carry their public key, as those of DPoP do (RFC 9449 §4.2).
  package init(_ key: any SigningKey, algorithm: String, carryingKeyAs type: String) {
    self.init(key, Header(typ: type, alg: algorithm, jwk: key.publicMembers))
  }

  private init(_ key: any SigningKey, _ header: Header) {
    self.key = key
    encodedHeader = Base64URL.encode(JSONBytes.encode(header))
  }

  /// A JWT with these claims; nil when the library cannot sign.
  package func jwt(_ claims: some Encodable) -> String? {
    let signed = encodedHeader + "." + Base64URL.encode(JSONBytes.encode(claims))
    return key.signature(for: Array(signed.utf8)).map { signed + "." + Base64URL.encode($0) }
  }
}

/// JSON of texts and whole numbers, which always have one.
package enum JSONBytes {
  package static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("texts and whole numbers have a JSON form")
    }
    return Array(data)
  }
}

extension SigningKey {
  /// The members that make up the public half (RFC 7517 §4).
  package var publicMembers: [String: String] {
    let members = JWK(material: publicMaterial, keyID: nil, algorithm: nil).members
    return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
  }
}
