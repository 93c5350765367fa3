import TesseraCore
import TesseraTestSupport
import Testing

/// The page that everything comes from: each request and answer it shows.
@Suite struct ContractTests {
  @Test("SEED the documented request gets the documented answer")
  func documentedRequest() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient {
        $0.id = "26156a86-b739-4c6b-9de2-314228c3e6e5"
        $0.importedSecret = "ECOTBQNP44IFPCVMQNSZ"
      }
      #expect(client.secret == "ECOTBQNP44IFPCVMQNSZ")
      let body =
        "grant_type=client_credentials&client_id=26156a86-b739-4c6b-9de2-314228c3e6e5"
        + "&client_secret=ECOTBQNP44IFPCVMQNSZ&scope=item"
      expect(try await server.send(TestRequest(body: body)), grants: "item")
    }
  }

  @Test("SEED scopes are separated by a comma", arguments: ["item,event", "item,event,profile,promotion"])
  func commas(scope: String) async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient()
      expect(try await server.send(client.tokenRequest(["scope": scope])), grants: scope)
    }
  }

  @Test("SEED the documented error is byte for byte the documented error")
  func documentedError() async throws {
    try await TestServer.run { server in
      let response = try await server.send(server.makeClient().tokenRequest(["scope": "nonsense"]))
      #expect(response.status == 400)
      #expect(
        response.text
          == #"{"statusCode":400,"status":400,"code":400,"message":"Invalid scope: Requested scope is invalid","name":"invalid_scope"}"#
      )
    }
  }
}
