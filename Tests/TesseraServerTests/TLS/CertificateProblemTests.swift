import Foundation
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// What cannot be used says so in one line that says what to do.
@Suite struct CertificateProblemTests {
  private let folder: TemporaryFolder
  private let authority: TestAuthority

  init() throws {
    folder = try TemporaryFolder()
    authority = try TestAuthority()
  }

  /// Why these two are refused; nil when they are not.
  private func refusal(_ certificate: String, _ key: String, keyMode: Int = 0o600) throws -> String? {
    let paths = [
      try folder.write(certificate, to: "cert.pem", permissions: 0o644),
      try folder.write(key, to: "key.pem", permissions: keyMode),
    ]
    return try refusal(paths)
  }

  private func refusal(_ paths: [String]) throws -> String? {
    let configuration = try load(
      environment: ["TESSERA_HTTP_TLS_CERTIFICATE": paths[0], "TESSERA_HTTP_TLS_KEY": paths[1]]
    )
    do {
      try configuration.checkCertificate()
      return nil
    } catch {
      let text = error.description.replacingOccurrences(of: folder.path, with: "FOLDER")
      #expect(!text.contains("\n"))
      return text
    }
  }

  @Test(arguments: TestAuthority.KeyKind.served)
  func everyKindOfKeyIsTaken(_ kind: TestAuthority.KeyKind) throws {
    let certificate = try authority.intermediate().issue(kind)
    #expect(certificate.chain.count == 2)
    #expect(try refusal(certificate.chain.joined(), certificate.key) == nil)
    #expect(try refusal("a comment\n" + certificate.chain.joined(separator: "\n"), certificate.key) == nil)
    #expect(
      try refusal(certificate.chain[0], certificate.key, keyMode: 0o640) == nil,
      "a group may share the key"
    )
  }

  @Test func theKeyOfAnother() throws {
    let text = try refusal(authority.issue().chain[0], authority.issue().key)
    #expect(
      text
        == "http.tls.key (from TESSERA_HTTP_TLS_KEY): FOLDER/key.pem does not belong to the certificate: name the "
        + "key that the certificate was issued for"
    )
  }

  @Test func aKindOfKeyThatIsNotServed() throws {
    let certificate = try authority.issue(.ed25519)
    let text = try refusal(certificate.chain[0], certificate.key)
    #expect(
      text?.contains("key.pem holds a key that cannot be read, or of a kind that is not served") == true
    )
  }

  @Test func anotherOrder() throws {
    let certificate = try authority.intermediate().issue()
    let expected =
      "http.tls.certificate (from TESSERA_HTTP_TLS_CERTIFICATE): FOLDER/cert.pem is not in order: "
    #expect(try refusal(certificate.chain.reversed().joined(), certificate.key)?.hasPrefix(expected) == true)
    let stranger = try TestAuthority()
    #expect(try refusal(certificate.chain[0] + stranger.pem, certificate.key)?.hasPrefix(expected) == true)
    let longer = certificate.chain + Array(repeating: certificate.chain[1], count: 10)
    #expect(try refusal(longer.joined(), certificate.key)?.contains("too many certificates") == true)
  }

  @Test func theTimeOfDay() throws {
    let expired = try authority.issue(to: -1)
    #expect(try refusal(expired.chain[0], expired.key)?.contains("cert.pem has expired at 20") == true)
    let early = try authority.issue(from: 3600)
    #expect(try refusal(early.chain[0], early.key)?.contains("cert.pem is not valid before 20") == true)
  }

  @Test func whatIsNotPEM() throws {
    let good = try authority.issue()
    #expect(try refusal("", good.key)?.hasSuffix("cert.pem is empty") == true)
    #expect(try refusal(good.chain[0], "")?.hasSuffix("key.pem is empty") == true)
    #expect(try refusal("hello", good.key)?.contains("holds no certificate in PEM") == true)
    #expect(try refusal(good.key, good.key)?.contains("holds no certificate in PEM") == true)
    #expect(try refusal(good.chain[0], good.chain[0])?.contains("holds no private key in PEM") == true)
    let broken = good.chain[0].replacing("MII", with: "MIJ")
    #expect(try refusal(broken, good.key) != nil)
    let large = String(repeating: "a", count: CertificateFiles.maximumSize + 1)
    #expect(try refusal(large, good.key)?.contains("larger than 256 KiB") == true)
  }

  @Test func whatIsDER() throws {
    let good = try authority.issue()
    let der = folder.path + "/cert.der"
    try Data(TestCertificate.der(good.chain[0])).write(to: URL(filePath: der))
    let key = try folder.write(good.key, to: "key.pem")
    #expect(
      try refusal([der, key])?.contains("cert.der is DER, not PEM; run: openssl x509 -inform DER -in ")
        == true
    )
    let keyDER = try folder.write("", to: "key.der")
    try Data(TestCertificate.der(good.key)).write(to: URL(filePath: keyDER))
    let certificate = try folder.write(good.chain[0], to: "cert.pem")
    #expect(
      try refusal([certificate, keyDER])?.contains("key.der is DER, not PEM; run: openssl pkey ") == true
    )
  }

  @Test(arguments: [
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n",
    "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n",
  ])
  func aPassphrase(_ key: String) throws {
    let text = try refusal(authority.issue().chain[0], key)
    #expect(
      text?.contains("key.pem has a passphrase, and nobody is there to type it; run: openssl pkey") == true
    )
  }

  @Test(arguments: [0o644, 0o604, 0o660, 0o666, 0o602])
  func aKeyThatOthersMayRead(_ mode: Int) throws {
    let good = try authority.issue()
    let text = try refusal(good.chain[0], good.key, keyMode: mode)
    #expect(text?.contains("key.pem is open to others than its owner and group; run: chmod 600 ") == true)
  }

  @Test func whatCannotBeRead() throws {
    let key = try folder.write(authority.issue().key, to: "key.pem")
    let text = try refusal([folder.path + "/none.pem", key])
    #expect(text?.contains("none.pem cannot be read: No such file or directory") == true)
    #expect(try refusal([folder.path, key])?.contains("is not a file") == true)
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(try refusal([pipe, key])?.contains("is not a file") == true)
  }

  @Test func bothOrNone() throws {
    #expect(
      try refusal(environment: ["TESSERA_HTTP_TLS_CERTIFICATE": "a"])
        == "http.tls.certificate is set, but http.tls.key is not: set both"
    )
    #expect(
      try refusal(environment: ["TESSERA_HTTP_TLS_KEY": "a"])
        == "http.tls.key is set, but http.tls.certificate is not: set both"
    )
  }

  private func refusal(environment: [String: String]) throws -> String? {
    do {
      _ = try load(environment: environment)
      return nil
    } catch let error as ConfigurationError {
      return error.description
    }
  }
}
