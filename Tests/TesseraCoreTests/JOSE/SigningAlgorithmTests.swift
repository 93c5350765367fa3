import TesseraJOSE
import Testing

@testable import TesseraCore

@Suite struct SigningAlgorithmTests {
  private static let message = Array("some bytes".utf8)

  @Test(arguments: SigningAlgorithm.all)
  func verifiesWhatItSigned(algorithm: SigningAlgorithm) throws {
    let key = try #require(algorithm.generate(.system))
    let read = try #require(algorithm.read(key.privateBytes))
    #expect(read.publicMaterial == key.publicMaterial)
    let signature = try #require(read.signature(for: SigningAlgorithmTests.message))
    let verifier = try #require(algorithm.verifier(key.publicMaterial))
    #expect(verifier.isSignature(signature, of: SigningAlgorithmTests.message))
    #expect(key.verifyingKey.isSignature(signature, of: SigningAlgorithmTests.message))
    #expect(!verifier.isSignature(signature, of: SigningAlgorithmTests.message + [0]))
    var altered = signature
    altered[altered.count / 2] ^= 1
    for bad in [
      altered, [], Array(signature.dropLast()), signature + [0],
      [UInt8](repeating: 0, count: signature.count),
    ] {
      #expect(!verifier.isSignature(bad, of: SigningAlgorithmTests.message))
    }
    let other = try #require(algorithm.generate(.system))
    #expect(!other.verifyingKey.isSignature(signature, of: SigningAlgorithmTests.message))
  }

  @Test(arguments: SigningAlgorithm.all)
  func takesNoOtherKey(algorithm: SigningAlgorithm) throws {
    #expect(algorithm.read([]) == nil)
    #expect(algorithm.read([UInt8](repeating: 1, count: 31)) == nil)
    for other in SigningAlgorithm.all where other != algorithm {
      guard Set([algorithm, other]) != [.rs256, .ps256] else { continue }
      let key = try #require(other.generate(.system))
      #expect(algorithm.verifier(key.publicMaterial) == nil, "\(other)")
    }
  }

  @Test func paddingsOfOneRSAKeyDoNotMix() throws {
    let key = try #require(SigningAlgorithm.rs256.generate(.system))
    let signature = try #require(key.signature(for: SigningAlgorithmTests.message))
    let pss = try #require(SigningAlgorithm.ps256.verifier(key.publicMaterial))
    #expect(!pss.isSignature(signature, of: SigningAlgorithmTests.message))
  }

  @Test func anES256SignatureInDERIsNone() throws {
    let key = try #require(SigningAlgorithm.es256.generate(.system))
    let raw = try #require(key.signature(for: SigningAlgorithmTests.message))
    func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
      let significant = Array(bytes.drop { $0 == 0 })
      let body = (significant.first ?? 0) >= 0x80 ? [0] + significant : significant
      return [0x02, UInt8(body.count)] + body
    }
    let body = integer(raw[..<32]) + integer(raw[32...])
    #expect(
      !key.verifyingKey.isSignature([0x30, UInt8(body.count)] + body, of: SigningAlgorithmTests.message)
    )
  }

  @Test(arguments: ["none", "None", "nOnE", "", "HS256", "es256", "ES512", "RS256 ", "Ed25519"])
  func thereIsNoOther(name: String) {
    #expect(SigningAlgorithm(name) == nil)
  }

  @Test func tokensAreSignedByWhatTheyWereSignedBy() {
    #expect(SigningAlgorithm.ofTokens.map(\.name) == ["ES256", "RS256", "PS256", "EdDSA", "ML-DSA-65"])
    #expect(SigningAlgorithm.all.map(\.name) == ["ES256", "ES384", "RS256", "PS256", "EdDSA", "ML-DSA-65"])
  }

  /// RFC 7515 Appendix A.3.
  @Test func verifiesTheES256ExampleOfRFC7515() throws {
    let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".utf8))
    let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".utf8))
    let signed =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
      + "Ijp0cnVlfQ"
    let signature = try #require(
      Base64URL.decode(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q".utf8
      )
    )
    let verifier = try #require(SigningAlgorithm.es256.verifier(.p256(x: x, y: y)))
    #expect(verifier.isSignature(signature, of: Array(signed.utf8)))
    #expect(!verifier.isSignature(signature, of: Array(signed.utf8.dropLast())))
  }

  /// RFC 8037 Appendix A.4; EdDSA is deterministic.
  @Test func signsTheEdDSAExampleOfRFC8037() throws {
    let seed = try #require(Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".utf8))
    let key = try #require(SigningAlgorithm.edDSA.read(seed))
    let signed = Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)
    #expect(
      Base64URL.encode(try #require(key.signature(for: signed)))
        == "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
  }
}
