import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What is kept of the names that a refused request has: slips, and nothing that may be a secret.
@Suite struct RequestedAccessTests {
  private func access(_ form: [(name: String, value: String)], secrets: [String] = []) throws
    -> RequestedAccess
  {
    let body = Array(FormEncoding.encode(form).utf8)
    let parameters = try FormParameters(body, repeatable: [.resource, .audience])
    return RequestedAccess(parameters, knownTo: nil, secrets: secrets)
  }

  @Test(arguments: ["item", "evnet", "api:orders.read", "a/b-c_d", "item2"])
  func aSlipIsKept(_ name: String) throws {
    let access = try access([("scope", "event,\(name)"), ("resource", "https://\(name).example/x")])
    #expect(access.scopes == ["event", name])
    #expect(access.resources == ["https://\(name).example/x"])
    #expect(access.omitted == 0)
  }

  @Test(
    arguments: [
      ClientSecret(using: .system).exposed, "hunter2-hunter2", "my-hunter2-hunter2-key",
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2V4YW1wbGUifQ.c2lnbmF0dXJl",
      String(repeating: "a-", count: 33), "a\u{7}b", "\u{202E}abc", "äöü", "\u{0}", "user:word@host",
    ]
  )
  func whatMayBeASecretIsOnlyCounted(_ text: String) throws {
    for name in ["scope", "resource", "audience"] where !text.contains("\u{0}") {
      let access = try access([(name, text)], secrets: ["hunter2-hunter2", "short"])
      #expect(access.scopes.isEmpty && access.resources.isEmpty && access.omitted == 1, "\(name)")
    }
  }

  @Test func norArePartsOfASecretThatIsSent() throws {
    let access = try access([("scope", "correct horse,battery item")], secrets: ["correct horse,battery"])
    #expect(access.scopes == ["item"] && access.omitted == 3)
  }

  @Test func itIsBounded() throws {
    let names = (0..<5000).map { "s\($0)" }
    var form: [(name: String, value: String)] = [("scope", names.joined(separator: " "))]
    for number in 0..<40 { form.append(("resource", "urn:\(number)")) }
    let access = try access(form)
    #expect(access.scopes == Array(names.prefix(16)))
    #expect(access.resources.count == 16)
    #expect(access.omitted > 24)
  }
}
