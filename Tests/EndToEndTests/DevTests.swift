import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// What a newcomer does: start it, paste the line it prints.
@Suite struct DevTests {
  private static var answer: Regex<Substring> {
    /\{"accessToken":"[a-z0-9]+","accessTokenExpiresAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","scope":"item"\}/
  }

  /// The curl line that was printed, on whatever lines it stands, run by a shell.
  private func paste(_ output: String) async throws -> String {
    let start = try #require(output.range(of: "curl ")?.lowerBound)
    var lines: [Substring] = []
    for line in output[start...].split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append(line)
      if !line.hasSuffix("\\") { break }
    }
    let folder = try TemporaryFolder()
    let (input, answer) = (folder.url("input"), folder.url("answer"))
    try Data().write(to: input)
    let shell = try ChildProcess(
      URL(filePath: "/bin/sh"),
      ["-c", lines.joined(separator: "\n")],
      environment: ["PATH": "/usr/bin:/bin"],
      folder: folder.url,
      input: input,
      output: answer,
      errors: folder.url("errors")
    )
    #expect(await shell.status() == 0)
    return String(decoding: try Data(contentsOf: answer), as: UTF8.self)
  }

  @Test("SEED the curl line that tessera dev prints returns the documented answer, at every start")
  func printedLine() async throws {
    let folder = try TemporaryFolder()
    for _ in 0..<3 {
      let server = try await RunningServer.start("dev", in: folder)
      let answer = try await paste(try server.process.output())
      #expect(answer.wholeMatch(of: DevTests.answer) != nil, "\(answer)")
      #expect(try await server.stop().status == 0)
    }
  }

  @Test func theFirstSecretGoesOnWorkingAfterARestart() async throws {
    let folder = try TemporaryFolder()
    let first = try await RunningServer.start("dev", in: folder)
    let output = try first.process.output()
    let form = try #require(
      output.firstMatch(of: /client_id=([0-9a-f-]{36})[\s\S]*?client_secret=([A-Z2-7]{32})/)
    )
    try await first.stop()
    let second = try await RunningServer.start("dev", in: folder)
    let response = try await second.send(
      TestRequest(form: [
        ("grant_type", "client_credentials"), ("client_id", String(form.1)),
        ("client_secret", String(form.2)),
        ("scope", "item,event,profile,promotion"),
      ])
    )
    #expect(response.member("scope") == "item,event,profile,promotion")
    try await second.stop()
  }

  @Test func makesNoDemoClientWhenThereAreOthers() async throws {
    let folder = try TemporaryFolder()
    let created = try await TesseraProcess.run(
      ["client", "create", "--name", "mine", "--scope", "item"],
      in: folder
    )
    #expect(created.status == 0)
    let server = try await RunningServer.start("dev", in: folder)
    let list = try await server.tessera("client", "list")
    #expect(list.output.contains("mine") && !list.output.contains("demo"))
    try await server.stop()
  }

  @Test func listensAtLoopbackOnly() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await TesseraProcess.run(
      ["dev", "--port", "0"],
      in: folder,
      environment: ["TESSERA_HTTP_HOST": "0.0.0.0"]
    )
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("loopback"))
  }
}
