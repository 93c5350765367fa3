import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// What stops a start says so in one line, and damages nothing.
@Suite struct StartFailureTests {
  /// A folder with data in it, of one client.
  private func initialised() async throws -> TemporaryFolder {
    let folder = try await TemporaryFolder.withData()
    #expect(
      try await TesseraProcess.run(["client", "create", "--name", "a", "--scope", "item"], in: folder).status
        == 0
    )
    return folder
  }

  private func expectFailure(
    _ folder: TemporaryFolder,
    _ words: String...,
    environment: [String: String] = [:],
    command: String = "serve",
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let outcome = try await TesseraProcess.run([command], in: folder, environment: environment)
    #expect(outcome.status > 0, sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
    }
  }

  @Test func aPortInUse() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    try await expectFailure(
      TemporaryFolder.withData(),
      "\(server.port)",
      "in use",
      environment: ["TESSERA_HTTP_PORT": "\(server.port)"]
    )
    #expect(try await server.send(server.makeClient().tokenRequest()).status == 200)
    try await server.stop()
  }

  @Test func aPortInUseLeavesNoUnixSocket() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let folder = try await TemporaryFolder.withData()
    let path = "/tmp/tessera-\(UUID().uuidString.prefix(8)).sock"
    try await expectFailure(
      folder,
      "in use",
      environment: ["TESSERA_HTTP_PORT": "\(server.port)", "TESSERA_HTTP_SOCKET": path]
    )
    #expect(!FileManager.default.fileExists(atPath: path))
    try await server.stop()
  }

  /// There is no data directory either, which is not what is told first.
  @Test(arguments: [
    (["TESSERA_HTTP_SOCKET": "/tmp/" + String(repeating: "a", count: 200)], "http.socket"),
    (["TESSERA_HTTP_SOCKET": "/etc/passwd"], "/etc/passwd is there and no socket"),
    (
      ["TESSERA_HTTP_SOCKET": "/tmp/x.sock", "TESSERA_HTTP_SOCKET_OWNER": "nobody-of-this-name"],
      "no such user"
    ),
    (["TESSERA_HTTP_TLS_CERTIFICATE": "/none/a.pem", "TESSERA_HTTP_TLS_KEY": "/none/b.pem"], "/none/a.pem"),
  ])
  func whatCannotBeListenedAtIsToldBeforeAStoreIsOpened(environment: [String: String], words: String)
    async throws
  {
    try await expectFailure(TemporaryFolder(), words, environment: environment)
  }

  @Test("T3 plain HTTP beyond loopback is refused unless a TLS proxy is in front")
  func plainBeyondLoopback() async throws {
    let folder = try TemporaryFolder()
    try await expectFailure(
      folder,
      "http.behind-tls-proxy",
      environment: ["TESSERA_HTTP_HOST": "0.0.0.0", "TESSERA_HTTP_PORT": "0"]
    )
    #expect(!FileManager.default.fileExists(atPath: folder.url("tessera-data").path), "nothing was made")
  }

  @Test(arguments: [
    (["TESSERA_HTTP_PORTT": "1"], "TESSERA_HTTP_PORTT"), (["TESSERA_HTTP_PORT": "x"], "http.port"),
    (["TESSERA_HTTP_PORT": "70000"], "http.port"), (["TESSERA_ISSUER": "nonsense"], "issuer"),
    (["TESSERA_MASTER_KEY": "short"], "master-key"),
  ])
  func aBadEnvironment(environment: [String: String], word: String) async throws {
    try await expectFailure(TemporaryFolder(), word, environment: environment)
  }

  @Test(arguments: [
    ("http:\n  prot: 1\n", "http.prot"), ("http:\n  port: many\n", "http.port"),
    ("log:\n  level: loud\n", "log.level"),
    (": [", "tessera.yaml"),
  ])
  func aBadFile(contents: String, word: String) async throws {
    let folder = try TemporaryFolder()
    try Data(contents.utf8).write(to: folder.url("tessera.yaml"))
    try await expectFailure(folder, word)
  }

  @Test func theVariablesOfAKubernetesServiceStopNothing() async throws {
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: [
        "TESSERA_PORT": "tcp://10.0.0.11:8080", "TESSERA_SERVICE_HOST": "10.0.0.11",
        "TESSERA_SERVICE_PORT": "8080",
        "TESSERA_PORT_8080_TCP_ADDR": "10.0.0.11",
      ]
    )
    let errors = try await server.stop().errors
    let names = "TESSERA_PORT,TESSERA_PORT_8080_TCP_ADDR,TESSERA_SERVICE_HOST,TESSERA_SERVICE_PORT"
    #expect(
      errors.split(separator: "\n").count { $0.contains("service links") && $0.contains(names) } == 1,
      "\(errors)"
    )
  }

  @Test func aConfigurationFileThatNobodyNamedIsTold() async throws {
    let folder = try TemporaryFolder()
    try Data("data-dir: ./elsewhere\n".utf8).write(to: folder.url("tessera.yaml"))
    let (file, words) = (folder.url.path + "/tessera.yaml", "using the configuration")
    let server = try await RunningServer.start(in: folder)
    for arguments in [["config", "check"], ["client", "list"], ["token", "inspect", "x"]] {
      let outcome = try await TesseraProcess.run(arguments + ["--format", "json"], in: folder)
      #expect(outcome.errors.contains("\(words) in this folder, \(file)\n"), "\(outcome.errors)")
      #expect(!outcome.output.contains(words))
      let named = try await TesseraProcess.run(arguments + ["--config", "tessera.yaml"], in: folder)
      #expect(!named.errors.contains(words))
    }
    let errors = try await server.stop().errors
    #expect(errors.contains(words) && errors.contains(file), "\(errors)")
  }

  @Test(.databaseFile) func aDatabaseThatIsNone() async throws {
    let folder = try await initialised()
    let file = folder.url("tessera-data/tessera.sqlite")
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
    let garbage = Data(repeating: 0x42, count: 8192)
    try garbage.write(to: file)
    try await expectFailure(folder, "tessera.sqlite")
    #expect(try Data(contentsOf: file) == garbage, "what is there is left as it is")
  }

  @Test func theMasterKeyOfAnotherStore() async throws {
    let folder = try await initialised()
    let other = try await initialised()
    let key = try Data(contentsOf: other.url("tessera-data/master.key"))
    try key.write(to: folder.url("tessera-data/master.key"))
    try await expectFailure(folder, "master")
  }

  @Test func aMissingMasterKeyIsNeverReplaced() async throws {
    let folder = try await initialised()
    let file = folder.url("tessera-data/master.key")
    try FileManager.default.removeItem(at: file)
    try await expectFailure(folder, "master.key")
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func aMasterKeyThatOthersCanRead() async throws {
    let folder = try await initialised()
    let file = folder.url("tessera-data/master.key").path
    let made = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(made == 0o600)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
    try await expectFailure(folder, "chmod 600")
  }

  @Test func aFolderThatCannotBeMade() async throws {
    let folder = try TemporaryFolder()
    try Data().write(to: folder.url("tessera-data"))
    for command in ["serve", "dev", "init"] {
      try await expectFailure(folder, "tessera-data", command: command)
    }
  }

  @Test func aStopBySIGINTAndSIGTERMIsClean() async throws {
    for signal in [SIGINT, SIGTERM] {
      let server = try await RunningServer.start(in: TemporaryFolder())
      server.process.signal(signal)
      #expect(try await server.process.outcome().status == 0)
    }
  }
}
