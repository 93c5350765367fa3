import Crypto
import CryptoExtras
import Foundation
import TesseraJOSE
import Testing

/// The private half of a pair, as other libraries read it.
@Suite struct PrivateKeyTextTests {
  @Test(arguments: SigningAlgorithm.all)
  func aPublicKeyIsReadFromItsSubjectPublicKeyInfo(algorithm: SigningAlgorithm) throws {
    let pair = try #require(algorithm.generate(.system))
    let info: [UInt8]? =
      switch pair.publicMaterial {
      case .p256(let x, let y):
        Array(try P256.Signing.PublicKey(rawRepresentation: x + y).derRepresentation)
      case .rsa(let n, let e): Array(try _RSA.Signing.PublicKey(n: n, e: e).derRepresentation)
      case .ed25519(let x): [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00] + x
      default: nil
      }
    guard let info else { return }
    #expect(JWK.Material(subjectPublicKeyInfo: info) == pair.publicMaterial)
    #expect(JWK.Material(subjectPublicKeyInfo: info + [0]) == nil)
    #expect(JWK.Material(subjectPublicKeyInfo: Array(info.dropLast())) == nil)
    #expect(JWK.Material(subjectPublicKeyInfo: []) == nil)
  }

  @Test func keysAreReadBackFromPKCS8() throws {
    let elliptic = try #require(SigningAlgorithm.es256.generate(.system))
    let read = try P256.Signing.PrivateKey(derRepresentation: elliptic.pkcs8)
    #expect(Array(read.rawRepresentation) == elliptic.privateBytes)
    let rsa = try #require(SigningAlgorithm.ps256.generate(.system))
    let readRSA = try _RSA.Signing.PrivateKey(derRepresentation: rsa.pkcs8)
    #expect(Array(readRSA.derRepresentation) == rsa.privateBytes)
    for algorithm in [SigningAlgorithm.edDSA, .mlDSA65] {
      let pair = try #require(algorithm.generate(.system))
      #expect(pair.pkcs8.suffix(32) == pair.privateBytes[...])
      #expect(pair.pkcs8.count == (algorithm == .edDSA ? 48 : 54))
    }
  }

  @Test(arguments: SigningAlgorithm.all)
  func whatWeWriteWeRead(algorithm: SigningAlgorithm) throws {
    let pair = try #require(algorithm.generate(.system))
    let lines = Data(pair.pkcs8).base64EncodedString(
      options: [.lineLength64Characters, .endLineWithLineFeed]
    )
    let pem = "-----BEGIN PRIVATE KEY-----\n\(lines)\n-----END PRIVATE KEY-----"
    let fromPEM = try PrivateKeyText(pem, for: algorithm.name)
    #expect(fromPEM.key.privateBytes == pair.privateBytes)
    #expect(fromPEM.keyID == nil)
    let jwk = JWK(pair.publicMaterial, for: algorithm)
    let members = (jwk.members + pair.privateMembers).map { #""\#($0.name)":"\#($0.value)""# }
    let fromJWK = try PrivateKeyText("{\(members.joined(separator: ","))}")
    #expect(fromJWK.key.privateBytes == pair.privateBytes)
    #expect(fromJWK.algorithm == algorithm)
    #expect(fromJWK.keyID == jwk.keyID)
  }

  @Test func aPrivateJWKHasTheMembersOfItsType() throws {
    func members(_ algorithm: SigningAlgorithm) throws -> [(name: String, value: String)] {
      try #require(algorithm.generate(.system)).privateMembers
    }
    #expect(try members(.es256).map(\.name) == ["d"])
    #expect(try members(.edDSA).map(\.name) == ["d"])
    #expect(try members(.mlDSA65).map(\.name) == ["priv"])
    let rsa = try members(.rs256)
    #expect(rsa.map(\.name) == ["d", "p", "q", "dp", "dq", "qi"])
    // RFC 7518 §6.3.2: no leading zeros; p and q of 2048 bits have 1024.
    #expect(Base64URL.decode(rsa[1].value.utf8)?.count == 128)
    #expect(rsa.allSatisfy { JWK.privateMemberNames.contains($0.name) })
  }
}
