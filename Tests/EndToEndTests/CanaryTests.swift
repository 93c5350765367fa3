import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// Secrets and tokens, put where they belong and where they do not, are nowhere afterwards.
@Suite struct CanaryTests {
  /// What must not be found: a secret that is good, one that was guessed, one that the API was told, a token of a client and
  /// one of an operator.
  private struct Canaries {
    var texts: [String] = []

    /// Each as it is, and in the forms in which a program could have kept it.
    var forms: [Data] {
      texts.flatMap { text in
        let bytes = Array(text.utf8)
        let hexadecimal = bytes.map { String(format: "%02x", $0) }.joined()
        return [
          text, base64(text), formEncoded(text), hexadecimal, hexadecimal.uppercased(),
          String(text.reversed()),
        ].map { Data($0.utf8) }
      }
    }

    /// The canary that is in this, if one is.
    func found(in data: Data) -> String? {
      let found = forms.first { data.range(of: $0) != nil }
      return found.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// Everybody whom a server tells something by itself.
  private struct Listeners {
    let spans: SpanReceiver
    let port: Int
    let webhook: EventReceiver
    let syslog: SyslogReceiver

    init(spans: SpanReceiver, port: Int) async throws {
      (self.spans, self.port) = (spans, port)
      (webhook, syslog) = (try await EventReceiver(), try await SyslogReceiver())
    }

    var environment: [String: String] {
      [
        "TESSERA_TRACING_ENDPOINT": "http://127.0.0.1:\(port)", "TESSERA_TRACING_SAMPLE_RATIO": "1",
        "TESSERA_NOTIFICATIONS_WEBHOOK_URL": webhook.url, "TESSERA_AUDIT_SYSLOG": syslog.address,
      ]
    }

    /// Whether the webhook and syslog were told that this client was made.
    func hearOf(_ client: TestClient) throws -> Bool {
      let heard = try heard
      return ["events", "syslog"].allSatisfy { what in
        heard[what]?.contains { $0.contains(client.id.rawValue) } ?? false
      }
    }

    /// What each was told, as it came; of events, which are encoded, also what is in them.
    var heard: [String: [String]] {
      get throws {
        let tokens = try webhook.accepted.map { token in
          let parts = try TestJWT(token)
          let contents = try [parts.header, parts.claims].map { members in
            String(
              decoding: try JSONSerialization.data(withJSONObject: members, options: .withoutEscapingSlashes),
              as: UTF8.self
            )
          }
          return contents.joined()
        }
        return [
          "spans": spans.received.map { String(decoding: $0.body, as: UTF8.self) },
          "events": tokens + webhook.requests.map { $0.target + $0.body }, "syslog": syslog.messages,
        ]
      }
    }
  }

  /// Requests to the public listener with a text in each of their fields, the wrong ones too.
  private func misplaced(_ text: String, _ client: TestClient) -> [TestRequest] {
    var requests: [TestRequest] = []
    for path in ["/oauth/token", "/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
      for name in [
        "client_id", "client_secret", "grant_type", "scope", "resource", "token", "nonsense", text,
      ] {
        var form = [
          ("client_id", client.id.rawValue), ("client_secret", client.secret),
          ("grant_type", "client_credentials"), ("scope", "item"), ("token", "x"),
        ].filter { $0.0 != name }
        form.append((name, text))
        requests.append(TestRequest(form: form).at(path))
      }
      let plain = client.tokenRequest().at(path)
      requests += [
        plain.basic(text, text), plain.basic(client.id.rawValue, text), plain.adding("Authorization", text),
        plain.adding("Authorization", "Bearer \(text)"), plain.at("\(path)?client_secret=\(text)"),
        plain.adding("X-Request-Id", text), plain.adding("traceparent", "00-\(text)-\(text)-01"),
        plain.adding("User-Agent", text), plain.adding("X-Forwarded-For", text), plain.adding(text, text),
        plain.adding("Content-Type", text), plain.adding("Cookie", text), plain.adding("Origin", text),
      ]
      var other = plain
      other.method = "DELETE"
      requests.append(other)
    }
    for path in ["/oauth2/verify", "/oauth2/revocations", "/.well-known/jwks.json"] {
      var request = TestRequest.keySet.at("\(path)?scope=\(text)&token=\(text)")
      requests.append(request.adding("Authorization", "Bearer \(text)"))
      request.method = "POST"
      requests.append(request)
    }
    return requests
  }

  /// The same to the management API.
  private func misplaced(_ text: String, by token: String?) -> [TestRequest] {
    let quoted = "\"\(text)\""
    let bodies = [
      #"{"name":"a","scopes":["item"],"client_secret":\#(quoted),"nonsense":1}"#,
      #"{"name":"a","scopes":[\#(quoted)]}"#, #"{"name":"a","\#(text)":1}"#, "{\(quoted)", quoted,
      #"{"name":"a","scopes":["item"],"grant_types":[\#(quoted)]}"#,
      #"{"name":"a","scopes":["item"],"client_secret":\#(quoted),"token_lifetime":-1}"#,
    ]
    let creations = bodies.map { TestRequest.management("POST", "/admin/v1/clients", $0, token) }
    let list = TestRequest.management("GET", "/admin/v1/clients", "", token)
    return creations + [
      list.at("/admin/v1/clients?cursor=\(text)"), list.at("/admin/v1/clients?\(text)=1"),
      list.at("/admin/v1/clients?limit=\(text)"), list.at("/admin/v1/audit?subject=\(text)"),
      list.adding("If-Match", quoted), list.adding("Idempotency-Key", text),
      list.adding("X-Request-Id", text),
      TestRequest.management("GET", "/admin/v1/clients", "", text),
      TestRequest.management("POST", "/admin/v1/revocations", #"{"token":\#(quoted)}"#, token),
      TestRequest.management("GET", "/metrics?x=\(text)", "", text),
    ]
  }

  /// Looks into every file below these folders, and returns how many there are. What a command of this test was told to
  /// print, and read, is not looked into.
  private func look(into folders: [URL], for canaries: Canaries) -> Int {
    var count = 0
    for folder in folders {
      let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
      for case let file as URL in found?.allObjects ?? [] where !["out", "in"].contains(file.pathExtension) {
        guard let data = try? Data(contentsOf: file) else { continue }
        count += 1
        #expect(canaries.found(in: data) == nil, "\(file.path)")
      }
    }
    return count
  }

  @Test(arguments: ["text", "json"])
  func secretsAndTokensAreNowhere(logFormat: String) async throws {
    try await SpanReceiver.run { collector, port in
      let listeners = try await Listeners(spans: collector, port: port)
      try await secretsAndTokensAreNowhere(logFormat, listeners)
      try await listeners.webhook.stop()
      try await listeners.syslog.stop()
    }
  }

  private func secretsAndTokensAreNowhere(_ logFormat: String, _ listeners: Listeners) async throws {
    let folder = try await TemporaryFolder.withData()
    let server = try await RunningServer.start(
      in: folder,
      environment: listeners.environment.merging([
        "TESSERA_LOG_LEVEL": "trace", "TESSERA_LOG_FORMAT": logFormat,
      ]) { $1 }
    )
    let management = try await server.management()
    let client = try await server.makeClient()
    let api = try await server.makeClient("--resource-server")
    let admin = try await server.makeOperator("admin")
    var canaries = Canaries(texts: [client.secret, api.secret, admin.secret])
    let operatorToken = try await server.operatorToken(admin)
    let importedSecret = "told-\(UUID().uuidString)-\(UUID().uuidString)"
    let made = try await management.send(
      .management(
        "POST",
        "/admin/v1/clients",
        #"{"name":"told","scopes":["item"],"client_secret":"\#(importedSecret)"}"#,
        operatorToken
      )
    )
    #expect(made.status == 201, "\(made.text)")
    let guessed = "guessed-\(UUID().uuidString)"
    let token = try #require(try await server.send(client.tokenRequest(["scope": "item"])).accessToken)
    canaries.texts += [operatorToken, importedSecret, guessed, token]
    for text in canaries.texts {
      for caller in [client, api] {
        for request in misplaced(text, caller) { _ = try await server.send(request) }
      }
      for caller in [nil, operatorToken] {
        for request in misplaced(text, by: caller) { _ = try await management.send(request) }
      }
    }
    let metrics = try await management.send(.management("GET", "/metrics", "", nil))
    #expect(metrics.status == 200 && canaries.found(in: Data(metrics.body)) == nil)
    for arguments in [
      ["audit", "export"], ["audit", "list", "--format", "json"], ["client", "list", "--format", "json"],
      ["client", "show", client.id.rawValue], ["client", "secret", "list", client.id.rawValue],
      ["explain", "--client", client.id.rawValue, "--scope", "item"], ["backup", "saved"],
      ["client", "secret", "add", client.id.rawValue, "--name", "second"],
      ["client", "disable", client.id.rawValue, "--yes"],
    ] {
      let outcome = try await TesseraProcess.run(arguments, in: folder)
      #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
      #expect(canaries.found(in: Data((outcome.output + outcome.errors).utf8)) == nil, "\(arguments)")
    }
    // While it runs, when its write-ahead log is there, and after it.
    let folders = [folder.url] + (try await folder.databaseFolders())
    #expect(look(into: folders, for: canaries) > 3)
    // What is told is told in order: after the last of it came, all of it did.
    let last = try await server.makeClient()
    try await wait { try listeners.hearOf(last) }
    let outcome = try await server.stop()
    #expect(outcome.errors.contains("/oauth2/token"))
    #expect(canaries.found(in: Data((outcome.output + outcome.errors).utf8)) == nil)
    #expect(look(into: folders, for: canaries) > 3)
    let told = try listeners.heard
    for (what, texts) in told {
      #expect(!texts.isEmpty, "\(what)")
      for text in texts { #expect(canaries.found(in: Data(text.utf8)) == nil, "\(what)") }
    }
    #expect(told["spans"]?.joined().contains("/oauth2/revoke") == true)
    #expect(told["events"]?.joined().contains("client.secret.added") == true)
    #expect(told["syslog"]?.joined().contains("client.secret.added") == true)
    // What is looked for is found where it is.
    #expect(canaries.found(in: Data("a\(guessed)b".utf8)) == guessed)
  }

  @Test func noCoreOfAProcessIsWritten() async throws {
    let folder = try TemporaryFolder()
    let server = try await RunningServer.start(in: folder)
    let limits = try String(
      contentsOf: URL(filePath: "/proc/\(server.process.identifier)/limits"),
      encoding: .utf8
    )
    let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
    #expect(line.split(separator: " ").dropFirst(4).prefix(2).allSatisfy { ["0", "1"].contains($0) })
    try await server.stop()
  }
}
