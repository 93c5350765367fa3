import Crypto
import CryptoExtras
import Foundation
import JWTKit
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What we sign jwt-kit verifies; what jwt-kit signs we verify.
@Suite struct JWTKitOracleTests {
  private struct Claims: JWTPayload, Equatable {
    let iss: IssuerClaim
    let sub: SubjectClaim
    let aud: AudienceClaim
    let exp: ExpirationClaim
    let scope: String

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  /// A token that the server signs by this algorithm, and the key set that it publishes.
  private func issue(by algorithm: SigningAlgorithm) async throws -> (token: String, keys: String) {
    try await TestServer.run { server in
      let resource = "https://signed.example"
      _ = try await server.administration.createResource(
        resource,
        description: "Signed",
        tokenFormat: .jwt,
        signingAlgorithm: algorithm
      )
      _ = try await server.administration.createScope("signed", description: "Signed", resource: resource)
      server.clocks.advance(seconds: 3600)
      try await server.replica.catchUp()
      let client = try await server.makeClient { $0.scopes = ["signed"] }
      let token = try await server.send(client.tokenRequest(["scope": "signed"])).accessToken
      return (try #require(token), try server.replica.facts().keyRing.publicKeys.json)
    }
  }

  @Test(arguments: [SigningAlgorithm.es256, .rs256, .edDSA])
  func verifiesByOurKeySet(algorithm: SigningAlgorithm) async throws {
    let (token, keys) = try await issue(by: algorithm)
    let claims = try await JWTKeyCollection().add(jwksJSON: keys).verify(token, as: Claims.self)
    #expect(claims.iss.value == TestServer.issuer)
    #expect(claims.aud.value == ["https://signed.example"])
    #expect(claims.scope == "signed")
    let others = try await issue(by: algorithm).keys
    await #expect(throws: (any Error).self) {
      try await JWTKeyCollection().add(jwksJSON: others).verify(token, as: Claims.self)
    }
  }

  /// jwt-kit reads neither PS256 nor ML-DSA from a key set, so it gets the key itself.
  @Test func verifiesPS256() async throws {
    let (token, keys) = try await issue(by: .ps256)
    let jwk = try #require(JWKSet(keys.utf8)?.keys.first { $0.algorithm == .ps256 })
    guard case .rsa(let n, let e) = jwk.material else { throw NoKey() }
    let key = try Insecure.RSA.PublicKey(backing: _RSA.Signing.PublicKey(n: n, e: e))
    let collection = await JWTKeyCollection().add(pss: key, digestAlgorithm: .sha256)
    #expect(try await collection.verify(token, as: Claims.self).scope == "signed")
  }

  @Test func verifiesMLDSA65() async throws {
    let (token, keys) = try await issue(by: .mlDSA65)
    let jwk = try #require(JWKSet(keys.utf8)?.keys.first { $0.algorithm == .mlDSA65 })
    guard case .mlDSA65(let pub) = jwk.material else { throw NoKey() }
    let key = try MLDSA65PublicKey(backing: Crypto.MLDSA65.PublicKey(rawRepresentation: pub))
    let collection = await JWTKeyCollection().add(mldsa: key)
    #expect(try await collection.verify(token, as: Claims.self).scope == "signed")
  }

  private struct NoKey: Error {}

  /// Keys of every algorithm in jwt-kit, by their names, and the same as we read them.
  private func makeKeys() async throws -> (theirs: JWTKeyCollection, ours: [(SigningAlgorithm, [UInt8])]) {
    let p256 = P256.Signing.PrivateKey()
    let p384 = P384.Signing.PrivateKey()
    let ed25519 = Curve25519.Signing.PrivateKey()
    let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let mldsa = try Crypto.MLDSA65.PrivateKey()
    let keys = JWTKeyCollection()
    await keys.add(ecdsa: try ES256PrivateKey(backing: p256), kid: "ES256")
    await keys.add(ecdsa: try ES384PrivateKey(backing: p384), kid: "ES384")
    await keys.add(eddsa: EdDSA.PrivateKey(backing: ed25519), kid: "EdDSA")
    await keys.add(rsa: try Insecure.RSA.PrivateKey(backing: rsa), digestAlgorithm: .sha256, kid: "RS256")
    await keys.add(pss: try Insecure.RSA.PrivateKey(backing: rsa), digestAlgorithm: .sha256, kid: "PS256")
    await keys.add(mldsa: MLDSA65PrivateKey(backing: mldsa), kid: "ML-DSA-65")
    let ours: [(SigningAlgorithm, [UInt8])] = [
      (.es256, Array(p256.rawRepresentation)), (.es384, Array(p384.rawRepresentation)),
      (.edDSA, Array(ed25519.rawRepresentation)),
      (.rs256, Array(rsa.derRepresentation)), (.ps256, Array(rsa.derRepresentation)),
      (.mlDSA65, Array(mldsa.seedRepresentation)),
    ]
    return (keys, ours)
  }

  @Test func weVerifyWhatItSigns() async throws {
    let claims = Claims(iss: "a", sub: "b", aud: "c", exp: .init(value: .distantFuture), scope: "d")
    let (keys, ours) = try await makeKeys()
    #expect(ours.count == SigningAlgorithm.all.count)
    for (algorithm, bytes) in ours {
      let token = try await keys.sign(claims, kid: JWKIdentifier(string: algorithm.name))
      let parts = token.split(separator: ".")
      let signature = try #require(Base64URL.decode(parts[2].utf8))
      let key = try #require(algorithm.read(bytes)).verifyingKey
      let signed = Array("\(parts[0]).\(parts[1])".utf8)
      #expect(key.isSignature(signature, of: signed), "\(algorithm)")
      #expect(!key.isSignature(signature, of: signed + [0]), "\(algorithm)")
    }
  }

  /// What a client says of itself (RFC 7523 §3).
  private struct Assertion: JWTPayload {
    let iss: String
    let sub: String
    let aud: String
    let jti: String
    let exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) throws {}
  }

  @Test func anAssertionThatItMakesAuthenticates() async throws {
    let (theirs, ours) = try await makeKeys()
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.authenticationMethod = .privateKeyJWT }
      let signers = try ours.map { algorithm, bytes in
        TestSigner(algorithm, try #require(algorithm.read(bytes)), id: algorithm.name)
      }
      try await server.register(signers, of: client)
      for signer in signers {
        let assertion = Assertion(
          iss: client.id.rawValue,
          sub: client.id.rawValue,
          aud: TestServer.issuer,
          jti: signer.algorithm.name,
          exp: .init(value: Date(timeIntervalSince1970: Double(server.seconds) + 60))
        )
        let token = try await theirs.sign(assertion, kid: JWKIdentifier(string: signer.algorithm.name))
        let response = try await server.send(client.tokenRequest(signed: token))
        #expect(response.status == 200, "\(signer.algorithm)")
      }
    }
  }
}
