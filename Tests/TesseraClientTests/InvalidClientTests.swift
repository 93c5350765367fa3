import Testing

@testable import TesseraClient

/// A wrong secret does not hammer the token service.
@Suite(.timeLimit(.minutes(5))) struct InvalidClientTests {
  @Test func isRememberedForAWhile() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.error(401, "invalid_client"), .token("one"))
      for _ in 0..<50 { #expect(try await test.itemError()?.name == "invalid_client") }
      await #expect(throws: TokenRequestError.self) { try await test.source.token(for: ["event"]) }
      test.clock.advance(by: .seconds(29))
      #expect(try await test.itemError() != nil)
      #expect(test.server.requests.count == 1)
      test.clock.advance(by: .seconds(1))
      #expect(try await test.item() == "one")
    }
  }

  @Test func doesNotTakeAwayTokensThatAreValid() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.token("old"), .error(400, "invalid_client"), .token("new"))
      _ = try await test.item()
      test.clock.advance(by: .seconds(3541))
      #expect(try await test.item() == "old")
      await until { !test.isRequesting }
      test.clock.advance(by: .seconds(29))
      #expect(try await test.item() == "old")
      #expect(!test.isRequesting, "the pause also holds for refreshes")
      test.clock.advance(by: .seconds(30))
      #expect(try await test.item() == "new")
    }
  }

  @Test func isForgottenWhenTheCredentialsChange() async throws {
    let file = try TemporaryFile("wrong")
    try await TokenSourceTest.run {
      $0.credentials = .secretFile(clientID: "app", path: file.path)
    } _: { test async throws in
      test.server.enqueue(.error(400, "invalid_client"), .token("one"))
      #expect(try await test.itemError()?.name == "invalid_client")
      try file.write("wrong\n")
      #expect(try await test.itemError()?.name == "invalid_client", "it is the same secret")
      #expect(test.server.requests.count == 1)
      try file.write("right\n")
      #expect(try await test.item() == "one")
      #expect(test.server.requests.map { $0.form["client_secret"] } == ["wrong", "right"])
    }
  }

  @Test func isTriedAgainAtOnceWhenTheCredentialsChangedMeanwhile() async throws {
    let file = try TemporaryFile("wrong")
    try await TokenSourceTest.run {
      $0.credentials = .secretFile(clientID: "app", path: file.path)
    } _: { test async throws in
      test.server.enqueue(.hold, .token("one"))
      let call = Task { try await test.item() }
      await test.server.untilRequests(1)
      try file.write("right")
      test.server.release(.error(401, "invalid_client"))
      #expect(try await call.value == "one")
      #expect(test.clock.pauses == [])
    }
  }

  @Test func a401WithoutACodeMeansTheClient() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.respond(status: 401, body: "<html>no</html>"))
      #expect(try await test.itemError()?.name == "invalid_client")
      #expect(try await test.itemError()?.status == 401)
      #expect(test.server.requests.count == 1)
    }
  }

  @Test func otherRefusalsAreNotRemembered() async throws {
    try await TokenSourceTest.run { test async throws in
      test.server.enqueue(.error(400, "invalid_scope"), .token("one"))
      #expect(try await test.itemError()?.name == "invalid_scope")
      #expect(try await test.item() == "one")
    }
  }
}
