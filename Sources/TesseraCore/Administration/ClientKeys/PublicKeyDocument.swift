import SwiftASN1
package import TesseraJOSE

/// Public keys and certificates as operators give them: a JWK or a set of them (RFC 7517), or PEM (RFC 7468).
///
/// Keys that could not verify are refused, each with what is wrong with it: a client whose key was left out would find out
/// by its first token.
package struct PublicKeyDocument: Sendable {
  /// The most bytes of one.
  package static let maximumSize = 65_536
  /// What is in it, at least one.
  package let materials: [ClientKey.Material]

  /// Throws for what is neither, for a private key, and for one that is weak or unknown here.
  package init(_ text: String) throws(AdministrationError) {
    guard text.utf8.count <= PublicKeyDocument.maximumSize else { throw .key("this is too long for a key") }
    if text.contains("PRIVATE KEY-----") { throw .privateKey }
    if text.contains("-----BEGIN ") {
      self.init(materials: try PublicKeyDocument.materials(ofPEM: text))
    } else if let json = JSON(text.utf8) {
      try self.init(json)
    } else {
      throw .key("this is neither JSON (a JWK, or a JWK Set) nor PEM (a public key, or a certificate)")
    }
  }

  /// Those of a JWK or a JWK Set.
  package init(_ json: JSON) throws(AdministrationError) {
    guard let members = json.members else { throw .key("a JWK or a JWK Set is a JSON object") }
    guard let set = members["keys"] else {
      self.init(materials: [.key(try JWK(registering: json))])
      return
    }
    guard let elements = set.elements, !elements.isEmpty else {
      throw .key("the JWK Set has no keys")
    }
    guard elements.count <= Administration.maximumClientKeys else { throw .tooManyKeys }
    var materials: [ClientKey.Material] = []
    for element in elements { materials.append(.key(try JWK(registering: element))) }
    self.init(materials: materials)
  }

  /// The certificate in this text.
  package init(certificate text: String) throws(AdministrationError) {
    try self.init(text)
    guard materials.allSatisfy(\.isCertificate) else {
      throw .invalid(.certificates, "this is a public key, not a certificate")
    }
  }

  /// The keys in this text.
  package init(keys text: String) throws(AdministrationError) {
    try self.init(text)
    guard !materials.contains(where: \.isCertificate) else {
      throw .key("this is a certificate, not a public key")
    }
  }

  /// What is in it as a client is to get it; `name` is for a single one.
  ///
  /// Keys that share an ID (RFC 7517 §4.5) are all but the first called by their thumbprints.
  package func newKeys(named name: DisplayName? = nil, lifetime: SecretLifetime? = nil) -> [NewClientKey] {
    var names: Set<String> = []
    return materials.map { material in
      let key = NewClientKey(material, named: name, lifetime: lifetime)
      guard !names.insert(Name.key(of: key.name.text)).inserted else { return key }
      return NewClientKey(material, named: material.thumbprintName, lifetime: lifetime)
    }
  }

  private init(materials: [ClientKey.Material]) {
    self.materials = materials
  }

  private static func materials(ofPEM text: String) throws(AdministrationError) -> [ClientKey.Material] {
    guard let documents = try? PEMDocument.parseMultiple(pemString: text), !documents.isEmpty else {
      throw .key("this is PEM that cannot be read")
    }
    guard documents.count <= Administration.maximumClientKeys else { throw .tooManyKeys }
    guard documents.count(where: { $0.discriminator == "CERTIFICATE" }) <= 1 else {
      throw .key("this has several certificates: give the client's own alone, without its issuers")
    }
    var materials: [ClientKey.Material] = []
    for document in documents {
      switch document.discriminator {
      case "PUBLIC KEY", "RSA PUBLIC KEY":
        materials.append(.key(try JWK(registeringInfo: document.derBytes)))
      case "CERTIFICATE":
        guard CertificateDetails(der: document.derBytes) != nil else {
          throw .key(
            "this is no certificate that is taken: of at most \(CertificateDetails.maximumSize) bytes, with a key that "
              + "is RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519"
          )
        }
        materials.append(.certificate(document.derBytes))
      default:
        throw .key(
          "this is PEM of \(document.discriminator.prefix(64)), neither a public key nor a certificate"
        )
      }
    }
    return materials
  }
}

extension AdministrationError {
  static let privateKey = key("this is a private key; give the public half, and keep this one secret")
  package static let tooManyKeys = key("a client has at most \(Administration.maximumClientKeys) keys")

  static func key(_ text: String) -> AdministrationError { .invalid(.keys, text) }
}
