import Crypto
import CryptoExtras
import Foundation
import TesseraJOSE
import TesseraTestSupport

@testable import TesseraClient

/// Keys of the tests, as openssl wrote them.
enum KeyFixture {
  private static let folder = URL(filePath: #filePath).appending(path: "../../../Fixtures/keys").standardized

  /// Where a file of `Tests/Fixtures/keys` is.
  static func path(_ name: String) -> String { folder.appending(path: name).path }

  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  /// A key for each algorithm.
  static func key(_ algorithm: ClientPrivateKey.Algorithm, keyID: String? = nil) throws -> ClientPrivateKey {
    try ClientPrivateKey(file: path(file(algorithm)), algorithm: algorithm, keyID: keyID)
  }

  static func file(_ algorithm: ClientPrivateKey.Algorithm) -> String {
    switch algorithm {
    case .es256: "p256.pem"
    case .es384: "p384.pem"
    case .ps256, .rs256: "rsa.pem"
    case .edDSA: "ed25519.pem"
    case .mlDSA65: "ml-dsa-65.pem"
    }
  }

  /// The members of the same key as a JWK, by swift-crypto.
  static func jwk(_ algorithm: ClientPrivateKey.Algorithm) throws -> [String: String] {
    let pem = try text(file(algorithm))
    func encoded(_ bytes: some Sequence<UInt8>) -> String {
      Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        .replacing("=", with: "")
    }
    switch algorithm {
    case .es256:
      let key = try P256.Signing.PrivateKey(pemRepresentation: pem)
      let point = key.publicKey.rawRepresentation
      return [
        "kty": "EC", "crv": "P-256", "x": encoded(point.prefix(32)), "y": encoded(point.suffix(32)),
        "d": encoded(key.rawRepresentation),
      ]
    case .es384:
      let key = try P384.Signing.PrivateKey(pemRepresentation: pem)
      let point = key.publicKey.rawRepresentation
      return [
        "kty": "EC", "crv": "P-384", "x": encoded(point.prefix(48)), "y": encoded(point.suffix(48)),
        "d": encoded(key.rawRepresentation),
      ]
    case .edDSA:
      let key = try Curve25519.Signing.PrivateKey(pemRepresentation: pem)
      return [
        "kty": "OKP", "crv": "Ed25519", "x": encoded(key.publicKey.rawRepresentation),
        "d": encoded(key.rawRepresentation),
      ]
    case .mlDSA65:
      let key = try MLDSA65.PrivateKey(
        seedRepresentation: TestCertificate.der(pem).suffix(32),
        publicKey: nil
      )
      return [
        "kty": "AKP", "alg": "ML-DSA-65", "pub": encoded(key.publicKey.rawRepresentation),
        "priv": encoded(key.seedRepresentation),
      ]
    case .ps256, .rs256:
      // n, e, d, p and q are the second to the sixth number of PKCS#1 (RFC 8017 §A.1.2).
      let der = try _RSA.Signing.PrivateKey(pemRepresentation: pem).derRepresentation
      let numbers = DERNumbers.read(Array(der))
      let names = ["n", "e", "d", "p", "q"]
      return zip(names, numbers[1...]).reduce(into: ["kty": "RSA"]) { $0[$1.0] = encoded($1.1) }
    }
  }

  /// The same as a text.
  static func jwkText(_ algorithm: ClientPrivateKey.Algorithm, with members: [String: String] = [:]) throws
    -> String
  {
    let object = try jwk(algorithm).merging(members) { $1 }
    return String(decoding: try JSONEncoder().encode(object), as: UTF8.self)
  }
}

/// The numbers of a sequence in DER, without leading zeros.
private enum DERNumbers {
  static func read(_ der: [UInt8]) -> [[UInt8]] {
    var numbers: [[UInt8]] = []
    var rest = content(der[...]).content
    while !rest.isEmpty {
      let (number, after) = content(rest)
      numbers.append(Array(number.drop { $0 == 0 }))
      rest = after
    }
    return numbers
  }

  /// What is in the first element, and what follows it.
  private static func content(_ bytes: ArraySlice<UInt8>) -> (
    content: ArraySlice<UInt8>, rest: ArraySlice<UInt8>
  ) {
    let bytes = bytes.dropFirst()
    guard let first = bytes.first else { return ([], []) }
    let count = first < 0x80 ? 0 : Int(first & 0x7F)
    let digits = bytes.dropFirst().prefix(count)
    let length = count == 0 ? Int(first) : digits.reduce(0) { $0 << 8 | Int($1) }
    let body = bytes.dropFirst(1 + count)
    return (body.prefix(length), body.dropFirst(length))
  }
}
