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
    let folder = try await TemporaryFolder.withData()
    let server = try await RunningServer.start(
      in: folder,
      environment: ["TESSERA_LOG_LEVEL": "trace", "TESSERA_LOG_FORMAT": logFormat]
    )
    let management = try await server.management()
    let client = try await server.makeClient()
    let api = try await server.makeClient("--resource-server")
    let admin = try await server.makeOperator("admin")
    var canaries = Canaries(texts: [client.secret, api.secret, admin.secret])
    let operatorToken = try await server.operatorToken(admin)
    let told = "told-\(UUID().uuidString)-\(UUID().uuidString)"
    let made = try await management.send(
      .management(
        "POST",
        "/admin/v1/clients",
        #"{"name":"told","scopes":["item"],"client_secret":"\#(told)"}"#,
        operatorToken
      )
    )
    #expect(made.status == 201, "\(made.text)")
    let guessed = "guessed-\(UUID().uuidString)"
    let token = try #require(try await server.send(client.tokenRequest(["scope": "item"])).accessToken)
    canaries.texts += [operatorToken, told, guessed, token]
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
    ] {
      let outcome = try await TesseraProcess.run(arguments, in: folder)
      #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
      #expect(canaries.found(in: Data((outcome.output + outcome.errors).utf8)) == nil, "\(arguments)")
    }
    // While it runs, when its write-ahead log is there, and after it.
    let folders = [folder.url] + (try await folder.databaseFolders())
    #expect(look(into: folders, for: canaries) > 3)
    let outcome = try await server.stop()
    #expect(outcome.errors.contains("/oauth2/token"))
    #expect(canaries.found(in: Data((outcome.output + outcome.errors).utf8)) == nil)
    #expect(look(into: folders, for: canaries) > 3)
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
