import Crypto

extension JWK {
  /// The SHA-256 thumbprint of a key (RFC 7638), in base64url: the same for everybody who has the key.
  package static func thumbprint(of material: Material) -> String {
    let members = required(material).map { #""\#($0)":"\#($1)""# }.joined(separator: ",")
    return Base64URL.encode(Array(SHA256.hash(data: Array("{\(members)}".utf8))))
  }
}
