import Foundation
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// A certificate that is renewed while the server runs.
@Suite struct CertificateServiceTests {
  private let folder: TemporaryFolder
  private let authority: TestAuthority
  private let clocks: TestClocks
  private let log = TestLog()
  private static let day: Double = 86_400

  init() throws {
    folder = try TemporaryFolder()
    authority = try TestAuthority()
    clocks = TestClocks(milliseconds: Int64(Date().timeIntervalSince1970) * 1000)
  }

  private var files: CertificateFiles {
    CertificateFiles(certificate: folder.path + "/cert.pem", key: folder.path + "/key.pem")
  }

  private func service(_ certificate: TestCertificate) throws -> CertificateService {
    try put(certificate)
    return try CertificateService(files, strictTransportAge: 0, clock: clocks.wall, logger: log.logger)
  }

  private func put(_ certificate: TestCertificate) throws {
    try putChain(certificate)
    _ = try folder.write(certificate.key, to: "key.pem")
  }

  private func putChain(_ certificate: TestCertificate) throws {
    _ = try folder.write(certificate.chain.joined(), to: "cert.pem")
  }

  private func count(_ text: String) -> Int { log.lines.count { $0.contains(text) } }

  private static let taken = "a new certificate is in use"
  private static let refused = "the new certificate cannot be used, and the one before stays in use"

  @Test("N4 what is changed is taken, once") func renewal() throws {
    let service = try service(authority.issue())
    service.step()
    #expect(log.lines.isEmpty)
    for round in 1...3 {
      try put(authority.issue())
      for _ in 0..<3 { service.step() }
      #expect(count(CertificateServiceTests.taken) == round)
    }
    #expect(count(CertificateServiceTests.refused) == 0)
  }

  @Test("N4 a pair of which half is written is waited for, without a word") func halfWritten() throws {
    let service = try service(authority.issue())
    let next = try authority.issue()
    try putChain(next)
    service.step()
    try put(next)
    service.step()
    #expect(count(CertificateServiceTests.taken) == 1)
    #expect(count(CertificateServiceTests.refused) == 0)
  }

  @Test("N4 what cannot be used is told once, and what was stays") func badPair() throws {
    let service = try service(authority.issue())
    let (next, other) = (try authority.issue(), try authority.issue())
    try putChain(next)
    for _ in 0..<5 { service.step() }
    #expect(count(CertificateServiceTests.refused) == 1)
    #expect(count("does not belong to the certificate") == 1)
    // Another mistake is another line.
    try putChain(other)
    for _ in 0..<5 { service.step() }
    #expect(count(CertificateServiceTests.refused) == 2)
    try FileManager.default.removeItem(atPath: files.key)
    for _ in 0..<5 { service.step() }
    #expect(count(CertificateServiceTests.refused) == 3)
    #expect(count("cannot be read") == 1)
    try put(next)
    service.step()
    #expect(count(CertificateServiceTests.taken) == 1)
  }

  @Test func oneThatHasExpiredOrIsNotValidYetIsNotTaken() throws {
    let service = try service(authority.issue())
    try put(authority.issue(to: -1))
    for _ in 0..<3 { service.step() }
    #expect(count("has expired at") == 1)
    try put(authority.issue(from: 600))
    for _ in 0..<3 { service.step() }
    #expect(count("is not valid before") == 1)
    #expect(count(CertificateServiceTests.taken) == 0)
    clocks.advance(seconds: 700)
    service.step()
    #expect(count(CertificateServiceTests.taken) == 1, "its time has come")
  }

  @Test func theExpiryIsToldOfInTime() throws {
    let service = try service(authority.issue(to: 40 * CertificateServiceTests.day))
    var heard: [String] = []
    for _ in 0..<(24 * 41) {
      service.step()
      heard += log.lines.dropFirst(heard.count)
      clocks.advance(seconds: 3600)
    }
    #expect(
      heard.map { $0.prefix { $0 != "=" } } == [
        "the certificate expires in less than 30 days expires",
        "the certificate expires in less than 7 days: renew it expires",
        "the certificate expires in less than a day: renew it now expires",
        "the certificate has expired, and clients refuse it: renew it now expires",
      ]
    )
  }

  @Test(arguments: [(29.0, "30 days"), (6, "7 days"), (0.5, "a day")])
  func whatIsNearAlreadyIsToldAtTheStart(_ days: Double, _ text: String) throws {
    let service = try service(authority.issue(to: days * CertificateServiceTests.day))
    for _ in 0..<3 { service.step() }
    #expect(log.lines.count == 1)
    #expect(count("in less than \(text)") == 1)
    try put(authority.issue(to: 60 * CertificateServiceTests.day))
    for _ in 0..<3 { service.step() }
    #expect(log.lines.count == 2, "a new one has its own time")
  }

  @Test func theEarliestOfAChainCounts() throws {
    let intermediate = try authority.intermediate()
    let certificate = try intermediate.issue(to: 3000 * CertificateServiceTests.day)
    let pair = try CertificatePair(
      CertificateFiles.Contents(certificate: certificate.chain.joined(), key: certificate.key)
    )
    #expect(pair.validity.upperBound < clocks.wall.now.advanced(bySeconds: 500 * 86_400))
  }

  @Test func theCertificateOfDevelopment() throws {
    let made = DevelopmentCertificate(in: folder.path)
    try made.prepare(clock: clocks.wall)
    let files = CertificateFiles(certificate: made.certificate, key: made.key)
    let pair = try CertificatePair(files.contents())
    try pair.check(at: clocks.wall.now)
    #expect(try folder.permissions(of: "dev-key.pem") == 0o600)
    try made.prepare(clock: clocks.wall)
    #expect(try CertificatePair(files.contents()) == pair, "it is kept")
    clocks.advance(seconds: 340 * 86_400)
    try made.prepare(clock: clocks.wall)
    #expect(try CertificatePair(files.contents()) != pair, "in its last month there is another")
  }
}
