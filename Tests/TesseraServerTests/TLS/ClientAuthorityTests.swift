import Foundation
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// The files with the authorities of clients, and with what those have revoked.
@Suite struct ClientAuthorityTests {
  private let folder: TemporaryFolder
  private let authority: TestAuthority
  private let now = Date()

  init() throws {
    folder = try TemporaryFolder()
    authority = try TestAuthority()
  }

  private var list: String {
    get throws { try authority.revocationList(of: [], at: now, until: now.addingTimeInterval(3600)) }
  }

  /// Behind a proxy, so that no certificate of the server is needed.
  private func configuration(_ settings: [String: String]) throws -> ServerConfiguration {
    let usual = [
      "TESSERA_HTTP_BEHIND_TLS_PROXY": "true", "TESSERA_HTTP_CLIENT_CERTIFICATE_HEADER": "Client-Cert",
    ]
    return try load(environment: usual.merging(settings) { $1 })
  }

  /// Why these files are refused; nil when they are not.
  private func problem(authorities: String, revocations: String? = nil) throws -> String? {
    var settings = ["TESSERA_HTTP_TLS_CLIENT_AUTHORITIES": authorities]
    settings["TESSERA_HTTP_TLS_CLIENT_REVOCATIONS"] = revocations
    do {
      try configuration(settings).checkCertificate()
      return nil
    } catch let error as ConfigurationError {
      #expect(!error.description.contains("\n") && !error.description.contains("PRIVATE"))
      return error.description.replacingOccurrences(of: folder.path, with: "FOLDER")
    }
  }

  @Test func whatIsNoFileOfAuthoritiesSaysSoInOneLine() throws {
    let pem = try authority.pem
    #expect(
      try problem(authorities: folder.write(pem + "a comment\n" + TestAuthority().pem, to: "a.pem")) == nil
    )
    for (text, reason) in [
      ("", "is empty"), ("nonsense", "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"),
      (try list, "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"),
      (
        pem + (try authority.issue().key),
        "holds a private key: name the file with the certificates of the authorities, and keep keys elsewhere"
      ),
      (
        pem.replacingOccurrences(of: "MII", with: "AII").replacingOccurrences(of: "MIH", with: "AIH"),
        "holds a certificate that cannot be read"
      ),
    ] {
      #expect(
        try problem(authorities: folder.write(text, to: "b.pem"))
          == "http.tls.client-authorities (from TESSERA_HTTP_TLS_CLIENT_AUTHORITIES): FOLDER/b.pem \(reason)"
      )
    }
    let leaf = try problem(authorities: folder.write(authority.issueClient(at: now).chain[0], to: "c.pem"))
    #expect(leaf?.contains("who is no authority") == true, "\(leaf ?? "")")
    #expect(try problem(authorities: folder.path + "/none")?.contains("cannot be read: No such file") == true)
    #expect(try problem(authorities: folder.path)?.hasSuffix("is not a file") == true)
  }

  @Test func whatIsNoListOfRevokedCertificatesSaysSoInOneLine() throws {
    let authorities = try folder.write(authority.pem, to: "a.pem")
    func refusal(_ text: String) throws -> String? {
      try problem(authorities: authorities, revocations: folder.write(text, to: "r.pem"))
    }
    #expect(try refusal(list + list) == nil)
    let begin = "http.tls.client-revocations (from TESSERA_HTTP_TLS_CLIENT_REVOCATIONS): FOLDER/r.pem "
    #expect(try refusal("") == begin + "is empty")
    #expect(
      try refusal(authority.pem)
        == begin + "holds no list of revoked certificates (-----BEGIN X509 CRL-----, or DER)"
    )
    #expect(
      try refusal(list.replacingOccurrences(of: "MI", with: "AI"))
        == begin + "holds a list of revoked certificates that cannot be read"
    )
    #expect(
      try refusal(
        authority.revocationList(of: [], at: now, until: now.addingTimeInterval(60), isPartial: true)
      )
        == begin
        + "holds a list of revoked certificates that is not the whole one of its authority: name complete lists"
    )
  }

  @Test func settingsThatGoUnusedAreRefused() throws {
    let path = folder.path + "/a.pem"
    for (settings, key) in [
      (["TESSERA_HTTP_TLS_CLIENT_CERTIFICATES": "true"], "http.tls.client-certificates"),
      (["TESSERA_HTTP_TLS_CLIENT_AUTHORITIES": path], "http.tls.client-authorities"),
      (["TESSERA_HTTP_MTLS_BASE_URL": "https://a.example"], "http.mtls-base-url"),
      (["TESSERA_HTTP_TLS_CLIENT_REVOCATIONS": path], "http.tls.client-revocations"),
      (["TESSERA_HTTP_CLIENT_CERTIFICATE_HEADER": "Client-Cert"], "http.client-certificate-header"),
      (
        ["TESSERA_HTTP_BEHIND_TLS_PROXY": "true", "TESSERA_HTTP_CLIENT_CERTIFICATE_HEADER": "X-Cert"],
        "http.client-certificate-header"
      ),
      (["TESSERA_HTTP_MTLS_BASE_URL": "https://a.example/"], "http.mtls-base-url"),
    ] {
      #expect(try refusal(environment: settings)?.hasPrefix(key) == true, "\(settings)")
    }
    let behind = [
      "TESSERA_HTTP_MTLS_BASE_URL": "https://a.example", "TESSERA_HTTP_TLS_CLIENT_AUTHORITIES": path,
    ]
    #expect(throws: Never.self) { try configuration(behind) }
    let own = ["TESSERA_HTTP_TLS_CERTIFICATE": path, "TESSERA_HTTP_TLS_KEY": path]
    for setting in behind {
      let asked = own.merging([setting.key: setting.value, "TESSERA_HTTP_TLS_CLIENT_CERTIFICATES": "true"]) {
        $1
      }
      #expect(try refusal(environment: asked) == nil)
    }
  }

  @Test(
    "M4 changed authorities and lists are used without a restart, and what cannot be used changes nothing"
  )
  func reload() async throws {
    let log = TestLog()
    let path = try folder.write(authority.pem, to: "a.pem")
    let lists = try folder.write(list, to: "r.pem")
    let service = try ClientAuthorityService(authorities: path, revocations: lists, logger: log.logger)
    let certificate = try authority.issueClient(at: now)
    let shown = try #require(ClientCertificate(certificate.leaf))
    func isAccepted() async -> Bool {
      let time = Timestamp(milliseconds: Int64(now.timeIntervalSince1970) * 1000)
      let judgement: CertificateJudgement
      if let known = service.authorities.known(shown, at: time) {
        judgement = known
      } else {
        judgement = await service.authorities.judge(shown, at: time)
      }
      if case .accepted = judgement { return true }
      return false
    }
    service.step()
    #expect(await isAccepted())
    #expect(await isAccepted(), "also when it is remembered")
    #expect(log.lines.isEmpty)
    try replace(
      lists,
      with: authority.revocationList(of: [certificate], at: now, until: now.addingTimeInterval(60))
    )
    service.step()
    #expect(await !isAccepted())
    try replace(lists, with: "nonsense")
    for _ in 0..<3 { service.step() }
    #expect(await !isAccepted())
    #expect(log.lines.count { $0.contains("cannot be read anew, and what there was stays in use") } == 1)
    try replace(lists, with: list)
    service.step()
    #expect(await isAccepted())
    try replace(path, with: TestAuthority().pem)
    service.step()
    #expect(await !isAccepted())
    try FileManager.default.removeItem(atPath: path)
    for _ in 0..<3 { service.step() }
    #expect(log.lines.count { $0.contains("No such file") } == 1)
  }

  /// By another file, as those do it that renew such files.
  private func replace(_ path: String, with text: String) throws {
    let new = try folder.write(text, to: "new")
    #expect(rename(new, path) == 0)
  }
}
