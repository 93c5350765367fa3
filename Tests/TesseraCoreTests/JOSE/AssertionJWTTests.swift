import TesseraJOSE
import Testing

/// Assertions by the examples of RFC 7515.
@Suite struct AssertionJWTTests {
  private static let payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

  private static func changed(_ text: String) -> String { text.replacing("A", with: "B", maxReplacements: 1) }

  /// RFC 7515 A.3.
  @Test func es256() throws {
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    let key =
      #"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
      + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#
    let keys = try #require(VerificationKeys([Array(key.utf8)]))
    for (text, isVerified) in [(signature, true), (AssertionJWTTests.changed(signature), false)] {
      let jwt = try #require(AssertionJWT("eyJhbGciOiJFUzI1NiJ9.\(AssertionJWTTests.payload).\(text)".utf8))
      guard case .byKey(let jws) = jwt.signature else { throw AnotherKind() }
      let verified = if case .verified = keys.signer(of: jws) { true } else { false }
      #expect(verified == isVerified && jwt.claims.has("iss", "joe"))
    }
  }

  /// RFC 7515 A.1.
  @Test func hs256() throws {
    let code = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    let key = try #require(Base64URL.decode(secret.utf8))
    let header = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    let jwt = try #require(AssertionJWT("\(header).\(AssertionJWTTests.payload).\(code)".utf8))
    guard case .bySecret(let hs256) = jwt.signature else { throw AnotherKind() }
    #expect(hs256.isAuthenticated(by: key))
    #expect(!hs256.isAuthenticated(by: key + [0]) && !hs256.isAuthenticated(by: Array(key.dropLast())))
  }

  private struct AnotherKind: Error {}
}
