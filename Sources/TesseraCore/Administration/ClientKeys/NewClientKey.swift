import TesseraJOSE

/// A public key or a certificate that a client is to get.
package struct NewClientKey: Sendable {
  /// What it will be called.
  package var name: DisplayName
  /// What it is.
  package let material: ClientKey.Material
  /// How long it works; nil for as long as a certificate says, and a key for ever.
  package let lifetime: SecretLifetime?

  /// `name` nil is the key ID, or made of the thumbprint where there is none of its own.
  package init(
    _ material: ClientKey.Material,
    named name: DisplayName? = nil,
    lifetime: SecretLifetime? = nil
  ) {
    self.material = material
    self.lifetime = lifetime
    self.name = name ?? NewClientKey.usualName(of: material)
  }

  private static func usualName(of material: ClientKey.Material) -> DisplayName {
    if case .key(let jwk) = material, let keyID = jwk.keyID, keyID != material.thumbprint,
      let name = try? DisplayName(keyID)
    {
      return name
    }
    return material.thumbprintName
  }
}

extension ClientKey.Material {
  /// The SHA-256 thumbprint in base64url: that of RFC 7638 of a key, that of the DER of a certificate (RFC 8705 §3.1).
  package var thumbprint: String {
    switch self {
    case .key(let jwk): JWK.thumbprint(of: jwk.material)
    case .certificate(let der): CertificateDetails.thumbprint(of: der)
    }
  }

  /// A name by its thumbprint.
  var thumbprintName: DisplayName {
    guard let name = try? DisplayName("\(noun)-\(thumbprint.prefix(8))") else {
      preconditionFailure("base64url is what names are made of")
    }
    return name
  }

  /// Whether it is a certificate.
  package var isCertificate: Bool { if case .certificate = self { true } else { false } }

  /// What it is called where one of both kinds is meant.
  package var noun: String { isCertificate ? "certificate" : "key" }
}
