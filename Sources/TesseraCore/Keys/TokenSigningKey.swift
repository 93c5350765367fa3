import TesseraJOSE

/// A key that signs JWTs, with what is the same in all of them.
package struct TokenSigningKey: Sendable {
  /// The algorithm it signs by.
  let algorithm: SigningAlgorithm
  /// What everybody may know of it; its ID is the thumbprint (RFC 7638).
  let publicKey: JWK
  /// The headers of its access tokens in base64url.
  private let accessTokenHeader: [UInt8]
  private let plainHeader: [UInt8]
  private let key: any SigningKey
  private let verifyingKey: any VerifyingKey

  /// The key of these private bytes; nil when they are none.
  init?(_ algorithm: SigningAlgorithm, _ privateBytes: [UInt8]) {
    guard let key = algorithm.read(privateBytes) else { return nil }
    self.algorithm = algorithm
    self.key = key
    verifyingKey = key.verifyingKey
    publicKey = JWK(key.publicMaterial, for: algorithm)
    accessTokenHeader = TokenSigningKey.header(type: JWTType.accessToken.rawValue, algorithm, publicKey)
    plainHeader = TokenSigningKey.header(type: JWTType.jwt.rawValue, algorithm, publicKey)
  }

  /// The same key in memory of its own.
  func unshared() -> TokenSigningKey { TokenSigningKey(algorithm, key.privateBytes) ?? self }

  /// The header of its access tokens of this type in base64url.
  func encodedHeader(_ type: JWTType) -> [UInt8] {
    switch type {
    case .accessToken: accessTokenHeader
    case .jwt: plainHeader
    }
  }

  /// The header of its JWTs of this `typ` (RFC 7515 §4.1.9) in base64url.
  func header(type: String) -> [UInt8] { TokenSigningKey.header(type: type, algorithm, publicKey) }

  private static func header(type: String, _ algorithm: SigningAlgorithm, _ publicKey: JWK) -> [UInt8] {
    var encoded: [UInt8] = []
    Base64URL.append(header(type: type, algorithm, keyID: publicKey.keyID ?? "").utf8, to: &encoded)
    return encoded
  }

  private static func header(type: String, _ algorithm: SigningAlgorithm, keyID: String) -> String {
    #"{"typ":"\#(type)","alg":"\#(algorithm)","kid":"\#(keyID)"}"#
  }

  /// How many bytes such a header has as JSON.
  static func headerLength(type: String, _ algorithm: SigningAlgorithm) -> Int {
    header(type: type, algorithm, keyID: "").utf8.count + keyIDLength
  }

  /// A SHA-256 thumbprint (RFC 7638) in base64url.
  private static let keyIDLength = 43

  /// Appends `.` and the signature of what is there, which makes it a JWS (RFC 7515 §7.1).
  func sign(_ text: inout [UInt8]) throws(OAuthError) {
    guard let signature = key.signature(for: text) else {
      throw OAuthError(.serverError, .unexpected, privateDetail: "signing failed")
    }
    text.append(UInt8(ascii: "."))
    Base64URL.append(signature, to: &text)
  }

  /// Whether this is our signature of these bytes.
  func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    verifyingKey.isSignature(signature, of: bytes)
  }
}
