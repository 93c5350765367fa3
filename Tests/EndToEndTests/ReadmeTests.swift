import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// What README.md shows is what one gets.
@Suite struct ReadmeTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

  /// The consoles under a heading of README.md, as lines.
  private func consoles(under heading: String) throws -> [[String]] {
    try Page("README.md").section(heading).consoles
  }

  /// The program is on the PATH, as README.md says how.
  private func run(_ line: String, _ server: RunningServer, input: String = "") async throws -> String {
    let folder = TesseraProcess.binary.deletingLastPathComponent().path
    return try await PastedLine.run(
      line.replacing("http://127.0.0.1:8080", with: "http://127.0.0.1:\(server.port)"),
      in: server.folder,
      environment: server.folder.environment.merging(["PATH": "\(folder):/usr/bin:/bin"]) { $1 },
      input: input
    )
  }

  /// The same text for every ID, secret and port.
  private func normalised(_ text: String) -> String {
    text.replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "ID")
      .replacing(/[A-Z2-7]{32}/, with: "SECRET").replacing(/127\.0\.0\.1:\d+/, with: "ADDRESS")
  }

  @Test func registeringAnApplicationPrintsWhatIsShownAndWhatFollowsWorks() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let consoles = try consoles(under: "Register an application")
    try #require(consoles.count == 4)
    let (creation, changes, platform, explanation) = (consoles[0], consoles[1], consoles[2], consoles[3])
    let printed = try await run(String(try #require(creation.first).dropFirst(2)), server)
    let shown = printed.split(separator: "\n").map { normalised(String($0)) }
    #expect(shown == creation.dropFirst().map { normalised($0) })
    let id = try #require(printed.firstMatch(of: /client ID +(\S+)/)).1
    let secret = try #require(printed.firstMatch(of: /client secret +(\S+)/)).1
    let client = TestClient(id: try #require(ClientID(String(id))), secret: String(secret))
    var refused: TestResponse?
    try await wait {
      refused = try await server.send(client.tokenRequest(["scope": "profile"]).at("/oauth/token"))
      return refused?.member("name") == "invalid_scope"
    }
    let request = try #require(refused?.header("x-request-id"))
    let explain = try #require(explanation.first).dropFirst(2).replacing("5qk3xv2a-17", with: request)
    #expect(try await run(String(explain), server).contains(try #require(explanation.last)))
    for change in changes {
      let command = change.dropFirst(2).split(separator: " #").first.map(String.init) ?? ""
      let asks = command.contains("revoke") || command.contains("disable")
      _ = try await run(command + (asks ? " --yes" : ""), server)
    }
    let lines = platform.map { $0.hasPrefix("$ ") ? String($0.dropFirst(2)) : $0 }
    _ = try await run("set -e\n" + lines.joined(separator: "\n"), server)
    #expect(try await run("tessera client trust list deploy", server).contains("acme/app"))
    try await server.stop()
  }

  @Test func anEmptyFolderBecomesTwoApplicationsInGit() async throws {
    let page = try Page("README.md").section("Declare applications in git")
    let folder = try TemporaryFolder()
    try Data(try #require(page.file("yaml")).utf8).write(to: folder.url("apps.yaml"))
    let bin = TesseraProcess.binary.deletingLastPathComponent().path
    let environment = try await folder.environment.merging([
      "PATH": "\(bin):/usr/bin:/bin", "HOME": folder.url.path, "GIT_AUTHOR_NAME": "a",
      "GIT_AUTHOR_EMAIL": "a@example.com",
      "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
    ]) { $1 }
    let lines = try #require(page.consoles.first)
    var (commands, answer, isPlanned) = (0, "", false)
    for line in lines where line.hasPrefix("$ ") {
      let command = String(line.dropFirst(2))
      // Before anything is there, there is something to change.
      let ending = command.contains("plan") && !isPlanned ? "; test $? -eq 2" : ""
      isPlanned = isPlanned || command.contains("plan")
      answer = try await PastedLine.run(command + ending, in: folder, environment: environment)
      commands += 1
    }
    #expect(commands == 6)
    #expect(answer.split(separator: "\n").map(String.init) == lines.suffix(2))
    let list = try await TesseraProcess.run(["client", "list", "--format", "json"], in: folder)
    let clients = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
    let ids = try #require(clients).compactMap { $0["client_id"] as? String }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url("secrets").path).sorted() == ids.sorted()
    )
    let committed = try await PastedLine.run("git ls-files", in: folder, environment: environment)
    #expect(
      committed.contains("apps.yaml\n") && !committed.contains("secrets/")
        && !committed.contains("tessera-data")
    )
  }

  @Test func theLineOfStartIsTheOneThatDevPrints() async throws {
    let server = try await RunningServer.start("dev", in: TemporaryFolder())
    let data = server.folder.url.path + "/tessera-data"
    let shown = try #require(consoles(under: "Start").joined().first { $0.contains("demo.form") })
    let line = String(shown.dropFirst(2)).replacing(/@[^ ]*\/tessera-data/, with: "@\(data)")
    let printed = try PastedLine.curl(in: server.process.output())
    #expect(normalised(line) == normalised(printed.trimmingCharacters(in: .whitespaces)))
    #expect(try await run(line, server).contains(#""scope":"item"}"#))
    try await server.stop()
  }

  @Test func anAPIAsksWhatATokenIsWorth() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let saving = ["client", "create", "--name", "a", "--scope", "item", "--save-secret", "warehouse.secret"]
    let client = try await TesseraProcess.run(saving + ["--format", "json"], in: server.folder)
    let clientID = try #require(client.member("client_id"))
    let lines = try #require(consoles(under: "Check a token").first)
    var (api, answer, shown) = ("", "", "")
    for line in lines {
      guard line.hasPrefix("$ ") else {
        shown = line
        continue
      }
      let filled = String(line.dropFirst(2)).replacing("CLIENT_ID", with: clientID).replacing(
        "API_ID",
        with: api
      )
      answer = try await run(filled, server)
      // The only secret that has to be typed where it is asked for.
      if let made = answer.firstMatch(of: /client ID +(\S+)\n +client secret +(\S+)/) {
        api = "\(made.1):\(made.2)"
      }
    }
    func members(_ text: String) throws -> [String] {
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      return try #require(object).keys.sorted()
    }
    #expect(answer.hasSuffix("}\n") && answer.contains(#""active":true"#), "\(answer)")
    #expect(try members(answer) == members(shown))
    try await server.stop()
  }

  @Test func theFourLinesRunTwoNodesOnOneDatabase() async throws {
    let lines = try #require(consoles(under: "Run it").last).map { String($0.dropFirst(2)) }
    try #require(lines.count == 4 && lines[3] == "tessera serve")
    let (database, key) = (PostgresDatabase(), try TemporaryFolder(database: nil))
    _ = try await PastedLine.run("umask 077 && openssl rand -base64 32 >master.key", in: key)
    let url = try await database.url
    func filled(_ lines: [String]) -> String {
      lines.joined(separator: "\n").replacing("postgres://tessera@db.example.com/tessera", with: "'\(url)'")
        .replacing("/etc/tessera/master.key", with: key.url("master.key").path)
    }
    let bin = TesseraProcess.binary.deletingLastPathComponent().path
    let environment = [
      "PATH": "\(bin):/usr/bin:/bin", "TESSERA_HTTP_PORT": "0", "TESSERA_MANAGEMENT_PORT": "0",
    ]
    var nodes: [(folder: TemporaryFolder, process: ChildProcess, port: Int)] = []
    for _ in 0..<2 {
      let folder = try TemporaryFolder(database: nil)
      try Data().write(to: folder.url("input"))
      let process = try ChildProcess(
        URL(filePath: "/bin/sh"),
        ["-c", filled(lines.dropLast() + ["exec \(lines[3])"])],
        environment: environment,
        folder: folder.url,
        input: folder.url("input"),
        output: folder.url("output"),
        errors: folder.url("errors")
      )
      var port: Int?
      try await wait {
        let output = (try? String(contentsOf: folder.url("output"), encoding: .utf8)) ?? ""
        port = RunningServer.port(in: output)
        return port != nil || process.hasEnded
      }
      let said = try String(contentsOf: folder.url("errors"), encoding: .utf8)
      nodes.append((folder, process, try #require(port, "\(said)")))
    }
    let making = "tessera client create --name a --scope item --save-secret secret --format json"
    let folder = nodes[0].folder
    let made = try await PastedLine.run(
      filled(lines.dropLast() + [making]),
      in: folder,
      environment: environment
    )
    let id = try #require(made.firstMatch(of: /"client_id" ?: ?"([^"]+)"/)).1
    let secret = try String(contentsOf: folder.url("secret"), encoding: .utf8)
    for node in nodes {
      let answer = try await PastedLine.run(
        "curl -sS http://127.0.0.1:\(node.port)/oauth/token --data grant_type=client_credentials "
          + "--data client_id=\(id) --data client_secret=\(secret) --data scope=item"
      )
      #expect(answer.contains(#""scope":"item"}"#), "\(answer)")
      node.process.signal(SIGTERM)
      #expect(await node.process.status() == 0)
    }
  }

  /// What script/serve --with-example prints, line by line in one shell, from folders with spaces in their names.
  @Test func theLinesOfTheExampleWorkAndAreThoseShown() async throws {
    let (folder, answers) = (try TemporaryFolder(), try TemporaryFolder())
    for name in ["my work", "my temporary files"] {
      try FileManager.default.createDirectory(at: folder.url(name), withIntermediateDirectories: true)
    }
    let bin = TesseraProcess.binary.deletingLastPathComponent()
    let (input, output, errors) = (folder.url("input"), folder.url("output"), folder.url("errors"))
    try Data().write(to: input)
    let script = ReadmeTests.root.path + "/script/lib"
    let example = try ChildProcess(
      URL(filePath: "/bin/bash"),
      [
        "-c",
        """
        set -euo pipefail
        source "$1/setup"
        lib=$1
        mkdir 'my bin' && ln -s "$2/tessera" "$2/DataAPI" "$2/DataAPIClient" 'my bin'
        cd 'my work' && bin='../my bin'
        set -- --port 0 --data 'my data'
        source "$lib/example"
        """, "bash", script, bin.path,
      ],
      environment: ["PATH": "/usr/bin:/bin", "TMPDIR": folder.url("my temporary files").path],
      folder: folder.url,
      input: input,
      output: output,
      errors: errors
    )
    func printed() throws -> String { String(decoding: try Data(contentsOf: output), as: UTF8.self) }
    try await wait { try printed().contains("Control-C") || example.hasEnded }
    let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    let text = try printed()
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("  ") }.map { $0.dropFirst(2) }
    try #require(lines.count == 10, "\(text) \(said)")
    // The last line once more for as long as the change does not count yet, since a busy machine may take longer.
    let last = try #require(lines.last)
    let untilItCounts =
      "for n in $(seq 500); do A=$(\(last)); case $A in *' 401 '*) break;; esac; done; echo \"$A\""
    let pasted = (lines.dropLast().map(String.init) + [untilItCounts]).joined(separator: "\n")
    let answer = try await PastedLine.run(pasted, in: answers)
    let statuses = answer.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) }
    #expect(statuses == ["200", "403", "200", "401", "200", "401"], "\(answer)")
    #expect(answer.contains("disabled"))

    let shown = try #require(consoles(under: "See it work").first)
    func form(_ line: some StringProtocol) -> String {
      String(line).replacing(#/ +# .*$/#, with: "").replacing(#/ --data ([^\s\\]|\\.)+/#, with: "")
        .replacing(/\$TESSERA|\$API|http:\/\/127\.0\.0\.1:\d+/, with: "URL")
        .replacing(/@\S*(\\ \S*)*app\.form/, with: "@app.form")
        .replacing(/^(\S|\\ )*\/tessera/, with: "tessera")
    }
    let ofTheLibrary = lines.filter { $0.contains("DataAPIClient") }
    #expect(ofTheLibrary.count == 1)
    #expect(lines.filter { !$0.contains("DataAPIClient") }.map(form) == shown.map { form($0.dropFirst(2)) })
    example.signal(SIGTERM)
    _ = await example.status()
  }
}
