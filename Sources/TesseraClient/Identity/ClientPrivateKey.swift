import TesseraJOSE
import TesseraSupport

/// A private key by which a client proves who it is (RFC 7523 §2.2), or that a token is its own (RFC 9449).
///
///     let key = try ClientPrivateKey(file: "/etc/app/key.pem")
///
/// It is on P-256 or P-384, Ed25519, RSA of 2048 bits or more, or ML-DSA-65. Its description does not show it.
public struct ClientPrivateKey: Sendable {
  /// What a key signs by (RFC 7518 §3.1, RFC 8037 §3.1).
  public enum Algorithm: String, Sendable, Hashable, CaseIterable {
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
    /// ECDSA on P-384 with SHA-384.
    case es384 = "ES384"
    /// RSASSA-PSS with SHA-256.
    case ps256 = "PS256"
    /// RSASSA-PKCS1-v1_5 with SHA-256, for token services that know nothing newer.
    case rs256 = "RS256"
    /// Ed25519.
    case edDSA = "EdDSA"
    /// ML-DSA-65 (FIPS 204), which quantum computers do not break; not for ``DPoPBinding``.
    case mlDSA65 = "ML-DSA-65"
  }

  /// What it signs by.
  public let algorithm: Algorithm
  /// Its ID as the token service knows it (`kid`); nil when it has none.
  public let keyID: String?
  let key: any SigningKey

  /// A key from a text.
  ///
  /// - Parameters:
  ///   - text: PEM (PKCS#8, SEC 1 or PKCS#1, without a passphrase) or a JWK (RFC 7517).
  ///   - algorithm: What it signs by; nil for what its JWK names, or else for PS256 with an RSA key and for the only one
  ///     that there is with others.
  ///   - keyID: Its ID as it is registered; nil for that of the JWK. PEM has none, which is enough for a client with one
  ///     key of a kind.
  /// - Throws: When it is no private key, or signs by others.
  public init(_ text: String, algorithm: Algorithm? = nil, keyID: String? = nil) throws(InvalidPrivateKey) {
    let read: PrivateKeyText
    do throws(PrivateKeyText.Problem) {
      read = try PrivateKeyText(text, for: algorithm?.rawValue)
    } catch {
      throw InvalidPrivateKey(reason: "it \(error)")
    }
    guard let algorithm = Algorithm(rawValue: read.algorithm.name) else {
      throw InvalidPrivateKey(reason: "it is for \(read.algorithm.name), which is not supported")
    }
    self.init(key: read.key, algorithm: algorithm, keyID: keyID ?? read.keyID)
  }

  /// A key from a file of at most 64 KiB; see ``init(_:algorithm:keyID:)``.
  public init(file path: String, algorithm: Algorithm? = nil, keyID: String? = nil)
    throws(InvalidPrivateKey)
  {
    let text: String
    do throws(SecretFile.Failure) { text = try SecretFile.read(path) } catch {
      throw InvalidPrivateKey(reason: error.reason)
    }
    try self.init(text, algorithm: algorithm, keyID: keyID)
  }

  init(key: any SigningKey, algorithm: Algorithm, keyID: String?) {
    self.key = key
    self.algorithm = algorithm
    self.keyID = keyID
  }

  /// A new key on P-256, which nobody else has; its ID is its thumbprint (RFC 7638).
  public static func generate() -> ClientPrivateKey {
    guard let key = SigningAlgorithm.es256.generate(.system) else {
      preconditionFailure("there is always a key on P-256")
    }
    return ClientPrivateKey(key: key, algorithm: .es256, keyID: JWK.thumbprint(of: key.publicMaterial))
  }

  /// Its public half as a JWK (RFC 7517), for registering it with the token service.
  public var publicJWK: String {
    var members = key.publicMembers
    members["alg"] = algorithm.rawValue
    members["use"] = "sig"
    members["kid"] = keyID
    return String(decoding: JSONBytes.encode(members), as: UTF8.self)
  }
}

extension ClientPrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What it signs by and its ID, without the key.
  public var description: String {
    "ClientPrivateKey(algorithm: \(algorithm.rawValue), keyID: \(keyID ?? "none"), key: redacted)"
  }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// What `dump` shows: not the key.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: ["algorithm": algorithm.rawValue, "keyID": keyID ?? "none"],
      displayStyle: .struct
    )
  }
}
