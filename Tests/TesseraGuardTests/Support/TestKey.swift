import TesseraJOSE

@testable import TesseraCore

/// A signing key of a made-up token service.
struct TestKey: Sendable {
  let algorithm: SigningAlgorithm
  let key: any SigningKey
  var id: String

  /// A new key; its ID is its thumbprint unless there is another.
  init(_ algorithm: SigningAlgorithm, id: String? = nil) {
    guard let key = algorithm.generate(.system) else { preconditionFailure("a key can be made") }
    self.algorithm = algorithm
    self.key = key
    self.id = id ?? JWK.thumbprint(of: key.publicMaterial)
  }

  /// The public key as JSON.
  var json: String { JWK(material: key.publicMaterial, keyID: id, algorithm: algorithm).json }
}
