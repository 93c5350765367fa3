import Crypto
import CryptoExtras

/// The private half as whoever signs with it keeps it.
extension SigningKey {
  /// PKCS#8 in DER (RFC 5958 §2).
  package var pkcs8: [UInt8] {
    switch publicMaterial {
    case .p256(let x, let y): return DER.privateKey(algorithm: DER.p256, ecPrivateKey(x, y))
    case .p384(let x, let y): return DER.privateKey(algorithm: DER.p384, ecPrivateKey(x, y))
    case .rsa: return DER.privateKey(algorithm: DER.rsa, privateBytes)
    // RFC 8410 §7.
    case .ed25519: return DER.privateKey(algorithm: DER.ed25519, DER.element(0x04, privateBytes))
    // The seed alone (RFC 9881 §6).
    case .mlDSA65: return DER.privateKey(algorithm: DER.mlDSA65, DER.element(0x80, privateBytes))
    }
  }

  /// ECPrivateKey (RFC 5915 §3), with its public key.
  private func ecPrivateKey(_ x: [UInt8], _ y: [UInt8]) -> [UInt8] {
    DER.sequence(
      [0x02, 0x01, 0x01] + DER.element(0x04, privateBytes)
        + DER.element(0xA1, DER.element(0x03, [0x00, 0x04] + x + y))
    )
  }

  /// The members by which a JWK is private (RFC 7518 §6.2.2 and §6.3.2, RFC 8037 §2).
  package var privateMembers: [(name: String, value: String)] {
    switch publicMaterial {
    case .p256, .p384, .ed25519: return [("d", Base64URL.encode(privateBytes))]
    case .mlDSA65: return [("priv", Base64URL.encode(privateBytes))]
    case .rsa:
      let numbers = DER.integers(ofSequence: privateBytes) ?? []
      // RSAPrivateKey (RFC 8017 A.1.2): version, n, e, d, p, q, dP, dQ, qInv.
      return zip(["d", "p", "q", "dp", "dq", "qi"], numbers.dropFirst(3)).map {
        ($0, Base64URL.encode($1))
      }
    }
  }
}

extension JWK {
  /// The members that give a private key away (RFC 7518 §6, RFC 8037 §2), and those of a symmetric one.
  package static let privateMemberNames: Set<String> = [
    "d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv",
  ]
}

/// As much of DER (X.690) as private keys need.
enum DER {
  static let p256: [UInt8] = [
    0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03,
    0x01, 0x07,
  ]
  static let p384: [UInt8] = [
    0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22,
  ]
  static let rsa: [UInt8] = [
    0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
  ]
  static let ed25519: [UInt8] = [0x06, 0x03, 0x2B, 0x65, 0x70]
  static let mlDSA65: [UInt8] = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12]

  static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    let length: [UInt8] =
      switch count {
      case ..<0x80: [UInt8(count)]
      case ..<0x100: [0x81, UInt8(count)]
      default: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
      }
    return [tag] + length + content
  }

  static func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }

  static func privateKey(algorithm: [UInt8], _ key: [UInt8]) -> [UInt8] {
    sequence([0x02, 0x01, 0x00] + sequence(algorithm) + element(0x04, key))
  }

  /// The integers that a sequence consists of, without leading zeros; nil for anything else.
  static func integers(ofSequence der: [UInt8]) -> [[UInt8]]? {
    guard let (content, rest) = content(0x30, of: der[...]), rest.isEmpty else { return nil }
    var numbers: [[UInt8]] = []
    var remaining = content
    while !remaining.isEmpty {
      guard let (number, rest) = self.content(0x02, of: remaining) else { return nil }
      numbers.append(Array(number.drop { $0 == 0 }))
      remaining = rest
    }
    return numbers
  }

  private static func content(
    _ tag: UInt8,
    of bytes: ArraySlice<UInt8>
  ) -> (ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
    guard bytes.count >= 2, bytes[bytes.startIndex] == tag else { return nil }
    let first = bytes[bytes.startIndex + 1]
    var rest = bytes.dropFirst(2)
    var count = Int(first)
    if first >= 0x80 {
      let size = Int(first & 0x7F)
      guard (1...2).contains(size), rest.count >= size else { return nil }
      count = rest.prefix(size).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(size)
    }
    guard rest.count >= count else { return nil }
    return (rest.prefix(count), rest.dropFirst(count))
  }
}
