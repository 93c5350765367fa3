import Foundation
import TesseraCore
import TesseraTestSupport
import Testing

/// `tessera explain --request-id`: why the server that runs here refused a request.
@Suite struct ExplainRequestTests {
  @Test func aRefusedRequestIsExplainedByItsID() async throws {
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: ["TESSERA_MANAGEMENT_PORT": "0"]
    )
    let client = try await server.makeClient()
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    let request = client.tokenRequest(["scope": "item,profile"])
      .adding("traceparent", "00-\(trace)-00f067aa0ba902b7-01")
    var id: String?
    try await wait {
      let response = try await server.send(request)
      // The client may not be known yet.
      id = response.text.contains("invalid_scope") ? response.header("x-request-id") : nil
      return id != nil
    }
    let requestID = try #require(id)

    let text = try await server.tessera("explain", "--request-id", requestID)
    #expect(text.status == 0, "\(text.errors)")
    for part in [
      "Request \(requestID) to /oauth", "Client \(client.id)", "It asked for the scopes item, profile",
      "NO  scope", "It was refused: 400 invalid_scope", "To change it: tessera client update \(client.id)",
    ] {
      #expect(text.output.contains(part), "\(part) in \(text.output)")
    }
    let json = try await server.tessera("explain", "--request-id", requestID, "--format", "json")
    #expect(json.member("trace_id") == trace && json.member("client_id") == client.id.rawValue)
    #expect(json.output.hasPrefix("{\n  \"request_id\": \"\(requestID)\",\n"), "\(json.output)")
    // What the command line has beside it is what the API has.
    #expect((json.json["steps"] as? [Any])?.isEmpty == false)

    let pasted = try await server.send(client.tokenRequest(["scope": client.secret]))
    let pastedID = try #require(pasted.header("x-request-id"))
    let hidden = try await server.tessera("explain", "--request-id", pastedID)
    #expect(hidden.output.contains("since they may be secrets: 1"), "\(hidden.output)")
    #expect(!hidden.output.contains(client.secret))

    // The remedy is one.
    let remedy = try #require(text.output.firstMatch(of: /To change it: tessera (.+)/)).1
    let changed = try await TesseraProcess.run(
      remedy.split(separator: " ").map(String.init),
      in: server.folder
    )
    #expect(changed.status == 0, "\(changed.errors)")
    let after = try await server.tessera("explain", "--request-id", requestID)
    #expect(after.output.contains("Something was changed since."), "\(after.output)")
    try await wait { try await server.send(request).status == 200 }

    let outcome = try await server.stop()
    #expect(!(text.output + json.output + outcome.errors).contains(client.secret))
    let gone = try await server.tessera("explain", "--request-id", requestID)
    #expect(gone.status == 6 && gone.output.isEmpty, "\(gone.errors)")
    #expect(gone.errors.hasPrefix("tessera: ") && gone.errors.split(separator: "\n").count == 1)
  }

  @Test func badInputIsToldInOneLine() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let client = try await server.makeClient()
    var granted: TestResponse?
    try await wait {
      granted = try await server.send(client.tokenRequest())
      return granted?.status == 200
    }
    let cases: [([String], status: Int32, part: String)] = [
      (["--request-id", try #require(granted?.header("x-request-id"))], 4, "does not remember"),
      (["--request-id", "aaaaaaaa-1"], 4, "ask the node whose log has it"),
      (["--request-id", "../clients"], 2, "is no request ID"), (["--request-id", ""], 2, "is no request ID"),
      (["--request-id", "aaaaaaaa-1", "--client", "x"], 2, "not both"), ([], 2, "is needed"),
      (["--request-id", "aaaaaaaa-1", "--scope", "item"], 2, "belong to --client"),
    ]
    for (arguments, status, part) in cases {
      let outcome = try await TesseraProcess.run(["explain"] + arguments, in: server.folder)
      #expect(outcome.status == status && outcome.output.isEmpty, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
    try await server.stop()
  }

  @Test func withoutAManagementListenerItIsSaid() async throws {
    let server = try await RunningServer.start(
      in: TemporaryFolder(),
      environment: ["TESSERA_MANAGEMENT_PORT": "off"]
    )
    let outcome = try await server.tessera("explain", "--request-id", "aaaaaaaa-1")
    #expect(outcome.status == 6, "\(outcome.errors)")
    #expect(outcome.errors.contains("management.port is off"), "\(outcome.errors)")
    try await server.stop()
  }

  @Test func theServerOfAnotherMasterKeyTellsNothing() async throws {
    let server = try await RunningServer.start(in: TemporaryFolder())
    let port = try await server.management().port
    let other = try TemporaryFolder()
    try await other.makeData([:])
    let outcome = try await TesseraProcess.run(
      ["explain", "--request-id", "aaaaaaaa-1"],
      in: other,
      environment: ["TESSERA_MANAGEMENT_PORT": String(port)]
    )
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(outcome.errors.contains("another master key"), "\(outcome.errors)")
    try await server.stop()
  }
}
