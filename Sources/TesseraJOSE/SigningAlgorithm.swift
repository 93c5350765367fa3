/// A signature algorithm by its JOSE name (RFC 7518 §3.1), and how keys for it are made and read.
///
/// Each is one file, and one entry of `all`.
package struct SigningAlgorithm: Hashable, Sendable, CustomStringConvertible {
  /// The value of `alg`, case-sensitive.
  package let name: String
  /// How many bytes a signature by one of our own keys has.
  package let signatureLength: Int
  /// Makes a new key.
  package let generate: @Sendable (RandomSource) -> (any SigningKey)?
  /// Reads what `SigningKey.privateBytes` gave; nil for anything else.
  package let read: @Sendable ([UInt8]) -> (any SigningKey)?
  /// What verifies with a public key; nil for one of another kind, or that is no key.
  package let verifier: @Sendable (JWK.Material) -> (any VerifyingKey)?

  /// Every algorithm there is.
  ///
  /// There is no `none` and nothing symmetric in it, so no token can choose one (RFC 8725 §3.1).
  package static let all: [SigningAlgorithm] = [.es256, .es384, .rs256, .ps256, .edDSA, .mlDSA65]

  /// Those that sign our own tokens.
  package static let ofTokens: [SigningAlgorithm] = [.es256, .rs256, .ps256, .edDSA, .mlDSA65]

  init(
    name: String,
    signatureLength: Int,
    generate: @escaping @Sendable (RandomSource) -> (any SigningKey)?,
    read: @escaping @Sendable ([UInt8]) -> (any SigningKey)?,
    verifier: @escaping @Sendable (JWK.Material) -> (any VerifyingKey)?
  ) {
    self.name = name
    self.signatureLength = signatureLength
    self.generate = generate
    self.read = read
    self.verifier = verifier
  }

  /// Nil when no algorithm has this name.
  package init?(_ name: String) {
    guard let known = SigningAlgorithm.all.first(where: { $0.name == name }) else { return nil }
    self = known
  }

  package var description: String { name }

  package static func == (left: SigningAlgorithm, right: SigningAlgorithm) -> Bool { left.name == right.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A private key that signs.
package protocol SigningKey: Sendable {
  /// The material of its public key.
  var publicMaterial: JWK.Material { get }
  /// The key itself, for wrapping.
  var privateBytes: [UInt8] { get }
  /// What verifies its signatures.
  var verifyingKey: any VerifyingKey { get }
  /// The signature in the form of JWS (RFC 7518 §3); nil when the library fails.
  func signature(for bytes: [UInt8]) -> [UInt8]?
}

/// A public key that verifies.
package protocol VerifyingKey: Sendable {
  /// Whether this is the signature of these bytes, in the form of JWS (RFC 7518 §3).
  func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool
}
