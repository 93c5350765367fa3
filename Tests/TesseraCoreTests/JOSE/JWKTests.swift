import TesseraJOSE
import Testing

@testable import TesseraCore

@Suite struct JWKTests {
  /// RFC 7638 §3.1.
  private static let rsaModulus =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
    + "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
    + "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
    + "kEgU8awapJzKnqDKgw"

  private static func set(_ key: String) -> [JWK]? { JWKSet("{\"keys\":[\(key)]}".utf8)?.keys }

  @Test func thumbprintIsThatOfRFC7638() throws {
    let key = try #require(
      JWKTests.set(
        #"{"kty":"RSA","n":"\#(JWKTests.rsaModulus)","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#
      )?.first
    )
    #expect(JWK.thumbprint(of: key.material) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    #expect(key.keyID == "2011-04-29" && key.algorithm == .rs256)
  }

  @Test func thumbprintIsThatOfRFC8037() throws {
    let key = try #require(
      JWKTests.set(#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)?.first
    )
    #expect(JWK.thumbprint(of: key.material) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    #expect(key.keyID == nil && key.algorithm == nil)
  }

  @Test(arguments: SigningAlgorithm.all)
  func whatIsWrittenIsReadAgainAndHasNothingPrivate(algorithm: SigningAlgorithm) throws {
    let key = try #require(algorithm.generate(.system))
    let jwk = JWK(key.publicMaterial, for: algorithm)
    let set = JWKSet([jwk])
    #expect(JWKSet(set.json.utf8) == set)
    let members = try #require(JSON(jwk.json.utf8)?.members)
    for name in ["d", "p", "q", "dp", "dq", "qi", "k", "priv", "x5u", "jku"] { #expect(members[name] == nil) }
    #expect(members["use"] == .string("sig") && members["alg"] == .string(algorithm.name))
    let secret = Base64URL.encode(key.privateBytes)
    #expect(!jwk.json.contains(secret))
  }

  @Test(arguments: [
    #"{"kty":"oct","k":"AAAA"}"#, #"{"kty":"EC","crv":"P-384","x":"AAAA","y":"AAAA"}"#,
    #"{"kty":"EC","crv":"P-256"}"#,
    #"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, #"{"kty":"RSA","e":"AQAB"}"#, "{}", "1", #"{"kty":1}"#,
    #"{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"enc"}"#,
    #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","key_ops":["sign"]}"#,
    #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","alg":"none"}"#,
    #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":7}"#,
    #"{"kty":"AKP","alg":"ML-DSA-44","pub":"AAAA"}"#,
  ])
  func leavesOutWhatIsNoKeyForSignatures(key: String) {
    #expect(JWKTests.set(key) == [])
  }

  @Test(arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#])
  func isNoSet(text: String) {
    #expect(JWKSet(text.utf8) == nil)
  }

  @Test func aSetOfTooManyKeysIsNone() {
    let keys = [String](repeating: "{}", count: JWKSet.maximumCount + 1).joined(separator: ",")
    #expect(JWKSet("{\"keys\":[\(keys)]}".utf8) == nil)
  }
}
