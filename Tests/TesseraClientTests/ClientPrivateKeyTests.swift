import TesseraSupport
import Testing

@testable import TesseraClient

/// Private keys as they come in files.
@Suite struct ClientPrivateKeyTests {
  typealias Algorithm = ClientPrivateKey.Algorithm

  @Test(
    arguments: [
      ("p256.pem", Algorithm.es256), ("p256-sec1.pem", .es256), ("certificate-and-key.pem", .es256),
      ("p384.pem", .es384), ("p384-sec1.pem", .es384), ("ed25519.pem", .edDSA),
      ("ml-dsa-65.pem", .mlDSA65), ("rsa.pem", .ps256),
      ("rsa-pkcs1.pem", .ps256),
    ]
  )
  func readsPEM(file: String, algorithm: Algorithm) throws {
    let key = try ClientPrivateKey(file: KeyFixture.path(file))
    #expect(key.algorithm == algorithm)
    #expect(key.keyID == nil)
    #expect(
      try key.key.publicMembers == KeyFixture.key(algorithm).key.publicMembers,
      "the same key in another form"
    )
  }

  @Test(arguments: Algorithm.allCases)
  func readsAJWK(algorithm: Algorithm) throws {
    let named = try ClientPrivateKey(
      try KeyFixture.jwkText(algorithm, with: ["alg": algorithm.rawValue, "kid": "mine"])
    )
    #expect(named.algorithm == algorithm)
    #expect(named.keyID == "mine")
    #expect(try named.key.publicMembers == KeyFixture.key(algorithm).key.publicMembers)
    let unnamed = try ClientPrivateKey(
      #"{"keys":[\#(try KeyFixture.jwkText(algorithm))]}"#,
      algorithm: algorithm,
      keyID: "given"
    )
    #expect(unnamed.algorithm == algorithm)
    #expect(unnamed.keyID == "given")
  }

  @Test(
    arguments: [
      ("encrypted.pem", "it needs a passphrase: write it without one, by openssl pkcs8 -topk8 -nocrypt"),
      (
        "encrypted-pkcs1.pem", "it needs a passphrase: write it without one, by openssl pkcs8 -topk8 -nocrypt"
      ),
      ("public.pem", "it is a public key or a certificate: the private half is needed"),
      ("certificate.pem", "it is a public key or a certificate: the private half is needed"),
      ("rsa-1024.pem", "it is too short: an RSA key needs 2048 bits or more"),
      ("p521.pem", "it cannot be read: one on P-256 or P-384, Ed25519, RSA or ML-DSA-65 is needed"),
      ("x25519.pem", "it cannot be read: one on P-256 or P-384, Ed25519, RSA or ML-DSA-65 is needed"),
      ("secp256k1.pem", "it cannot be read: one on P-256 or P-384, Ed25519, RSA or ML-DSA-65 is needed"),
      ("nowhere.pem", "the file cannot be read: No such file or directory"),
      (".", "it is not a regular file"),
    ]
  )
  func saysWhatIsWrong(file: String, reason: String) {
    let error = #expect(throws: InvalidPrivateKey.self) {
      try ClientPrivateKey(file: KeyFixture.path(file))
    }
    #expect(error.map { "\($0)" } == "the private key: \(reason)")
  }

  @Test(
    arguments: [
      ("p256.pem", Algorithm.rs256, "ES256"), ("p256.pem", .es384, "ES256"), ("p384.pem", .es256, "ES384"),
      ("rsa.pem", .es256, "PS256 or RS256"), ("ed25519.pem", .ps256, "EdDSA"),
    ]
  )
  func aKeySignsByItsOwnAlgorithmsOnly(file: String, algorithm: Algorithm, own: String) {
    let error = #expect(throws: InvalidPrivateKey.self) {
      try ClientPrivateKey(file: KeyFixture.path(file), algorithm: algorithm)
    }
    #expect(error.map { "\($0)" } == "the private key: it signs only by \(own)")
  }

  @Test func aJWKSignsOnlyByWhatItNames() throws {
    let rsa = try KeyFixture.jwkText(.ps256, with: ["alg": "RS256"])
    #expect(try ClientPrivateKey(rsa).algorithm == .rs256)
    let error = #expect(throws: InvalidPrivateKey.self) { try ClientPrivateKey(rsa, algorithm: .ps256) }
    #expect(error.map { "\($0)" } == "the private key: it signs only by RS256")
    let wrong = try KeyFixture.jwkText(.es256, with: ["alg": "RS256"])
    #expect(throws: InvalidPrivateKey.self) { try ClientPrivateKey(wrong) }
  }

  @Test(
    arguments: [
      "", "hush", "{", "{}", #"{"kty":"oct","k":"aHVzaA","d":"aHVzaA"}"#, #"{"keys":[]}"#,
      #"{"kty":"EC","crv":"P-256","x":"aHVzaA","y":"aHVzaA","d":"aHVzaA"}"#,
      #"{"kty":"RSA","n":"aHVzaA","e":"AQAB","d":"aHVzaA","p":"aHVzaA","q":"aHVzaA"}"#,
      "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nhush",
      "-----BEGIN PRIVATE KEY-----",
    ]
  )
  func whatIsNoKeyIsRefusedAndNotQuoted(text: String) {
    let error = #expect(throws: InvalidPrivateKey.self) { try ClientPrivateKey(text) }
    #expect(error.map { "\($0)".contains("hush") || "\($0)".contains("aHVzaA") } == false)
  }

  @Test func aPublicHalfThatIsAnothersIsRefused() throws {
    let other = try #require(ClientPrivateKey.generate().key.publicMembers["x"])
    let text = try KeyFixture.jwkText(.es256, with: ["x": other])
    #expect(throws: InvalidPrivateKey.self) { try ClientPrivateKey(text) }
  }

  @Test func thePublicHalfIsForRegistering() throws {
    let text = try KeyFixture.key(.es256, keyID: #"a "b""#).publicJWK
    #expect(text.contains(#""kid":"a \"b\"""#))
    #expect(text.contains(#""alg":"ES256""#))
    #expect(!text.contains(#""d""#))
    let generated = ClientPrivateKey.generate()
    #expect(generated.publicJWK.contains(try #require(generated.keyID)))
    #expect(generated.keyID != ClientPrivateKey.generate().keyID)
  }
}
