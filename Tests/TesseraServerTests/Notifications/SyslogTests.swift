import Foundation
import NIOSSL
import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraServer

/// The audit log as syslog gets it.
@Suite struct SyslogTests {
  private func event(
    _ number: Int64 = 7,
    actor: String = "cli:alice",
    details: [String: String] = ["name": "billing"]
  ) -> SecurityEvent {
    SecurityEvent(
      .record(
        AuditRecord(
          number: number,
          event: AuditEvent(
            time: Timestamp(milliseconds: 1_700_000_000_123),
            actor: actor,
            address: "192.0.2.1",
            action: .clientUpdated,
            subject: "0b5c",
            details: details
          ),
          differences: [:],
          after: AuditChain.start
        )
      )
    )
  }

  private func text(_ event: SecurityEvent) throws -> String {
    let message = SyslogMessage(facility: .authpriv, host: "a host.example", process: 42)
    return String(decoding: try #require(message.bytes(of: event)), as: UTF8.self)
  }

  private func trust(_ authority: TestAuthority) throws -> NIOSSLTrustRoots {
    .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.pem.utf8)))
  }

  private func syslog(_ address: String, _ roots: NIOSSLTrustRoots = .default) throws -> Syslog {
    Syslog(try #require(SyslogAddress(address)), facility: .authpriv, trusting: roots)
  }

  /// How long a message may be on its way.
  private func arrive(_ count: Int, at receiver: SyslogReceiver) async throws {
    try await wait { receiver.messages.count >= count }
  }

  // MARK: The message

  @Test("A message has the format of RFC 5424, with the record in JSON")
  func format() throws {
    let text = try text(event())
    let match = try #require(
      text.wholeMatch(
        of:
          #/<85>1 2023-11-14T22:13:20\.123Z ahost\.example tessera 42 client\.updated \[tessera@32473 (.*?)\] (\{.*\})/#
      )
    )
    guard case .record(let record) = event().content else { return }
    #expect(
      match.1
        == #"number="7" chain="administration" hash="\#(record.hash.hexadecimal)" actor="cli:alice" address="192.0.2.1" subject="0b5c""#
    )
    let json = try JSONSerialization.jsonObject(with: Data(match.2.utf8)) as? [String: Any]
    #expect(json?["number"] as? Int == 7)
    #expect((json?["details"] as? [String: String])?["name"] == "billing")
  }

  @Test("What would end a value, a line or ASCII is escaped")
  func escaping() throws {
    let text = try text(event(actor: "a\"b\\c]d\n\u{1}é", details: ["name": "Bücher 📚 \n"]))
    #expect(text.contains(#"actor="a\"b\\c\]d"#))
    #expect(!text.contains("\n") && !text.contains("\u{1}"))
    let json = try #require(text.firstMatch(of: /\] (\{.*\})$/)).1
    #expect(json.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect((object?["details"] as? [String: String])?["name"] == "Bücher 📚 \n")
  }

  @Test("A record that is too long goes without its particulars")
  func long() throws {
    let text = try text(event(details: ["name": String(repeating: "x", count: 9000)]))
    #expect(text.utf8.count < 1000)
    #expect(
      text.contains(#"number="7""#)
        && text.hasSuffix(#"{"number":7,"action":"client.updated","shortened":true}"#)
    )
  }

  // MARK: The ways

  @Test(
    "Over a stream each message comes after its length, and a batch arrives whole",
    arguments: [false, true]
  )
  func streams(isSecure: Bool) async throws {
    let authority = try TestAuthority()
    let receiver = try await SyslogReceiver(isSecure ? authority.issue() : nil)
    let syslog = try syslog(receiver.address, isSecure ? trust(authority) : .default)
    #expect(await syslog.tell((1...100).map { event($0) }) == nil)
    try await arrive(100, at: receiver)
    #expect(receiver.messages.enumerated().allSatisfy { $0.element.contains("number=\"\($0.offset + 1)\"") })
    #expect(await syslog.tell([event(101)]) == nil)
    try await arrive(101, at: receiver)
    try await receiver.stop()
    let failure = try #require(await syslog.tell([event(102)]))
    #expect(failure.reason.hasPrefix("syslog cannot be reached: "))
  }

  @Test("Over TLS only a certificate of an authority that is trusted counts")
  func untrusted() async throws {
    let receiver = try await SyslogReceiver(TestAuthority().issue())
    let failure = await (try syslog(receiver.address, trust(TestAuthority()))).tell([event()])
    #expect(failure?.reason.hasPrefix("syslog cannot be reached: ") == true)
    #expect(receiver.messages == [])
    try await receiver.stop()
  }

  @Test("Datagrams have a message each")
  func datagrams() async throws {
    let receiver = try await SyslogReceiver(datagramsAt: 0)
    let syslog = try syslog(receiver.address)
    for number: Int64 in 1...3 { #expect(await syslog.tell([event(number)]) == nil) }
    try await arrive(3, at: receiver)
    #expect(receiver.messages.allSatisfy { $0.hasPrefix("<85>1 ") })
    try await receiver.stop()
  }

  @Test("A socket of this machine gets a datagram each, and it is told when it is not there")
  func unixSocket() async throws {
    let path: String
    do {
      let receiver = try NotifyReceiver()
      path = receiver.name
      let syslog = try syslog(path)
      #expect(await syslog.tell([event(1), event(2)]) == nil)
      #expect(try await receiver.next().contains("number=\"1\""))
      #expect(try await receiver.next().contains("number=\"2\""))
    }
    let failure = await (try syslog(path)).tell([event()])
    #expect(failure?.reason == "syslog cannot be reached: No such file or directory")
  }

  @Test("An event that is no record is none for syslog, but for a test")
  func others() async throws {
    let message = SyslogMessage(facility: .local7, host: "", process: 1)
    let notice = SecurityNotice(.auditAltered, at: Timestamp(milliseconds: 0), identity: [], details: [:])
    #expect(message.bytes(of: SecurityEvent(.notice(notice))) == nil)
    let test = message.bytes(of: SecurityEvent(.test(Timestamp(milliseconds: 0), id: "x")))
    #expect(
      String(decoding: test ?? [], as: UTF8.self).hasPrefix(
        "<189>1 1970-01-01T00:00:00.000Z - tessera 1 test ["
      )
    )
  }
}
