import Testing

@testable import TesseraClient

/// Credentials that come from files.
@Suite(.timeLimit(.minutes(5))) struct CredentialsFileTests {
  @Test func aRotatedSecretCountsFromTheNextRequest() async throws {
    let file = try TemporaryFile(#"{"client_id":"a","client_secret":"old","name":"x"}"#)
    try await TokenSourceTest.run {
      $0.credentials = .file(path: file.path)
    } _: { test async throws in
      test.server.enqueue(.token("1", expiresIn: 10), .token("2", expiresIn: 10))
      _ = try await test.item()
      try file.write(#"{"client_id":"b","client_secret":"new"}"#)
      #expect(try await test.item() == "1")
      test.clock.advance(by: .seconds(10))
      #expect(try await test.item() == "2")
      #expect(test.server.requests.map { $0.form["client_id"] } == ["a", "b"])
      #expect(test.server.requests.map { $0.form["client_secret"] } == ["old", "new"])
    }
  }

  @Test func theFormerOnesAreKeptWhileTheFileCannotBeRead() async throws {
    let file = try TemporaryFile("secret")
    try await TokenSourceTest.run {
      $0.credentials = .secretFile(clientID: "app", path: file.path)
    } _: { test async throws in
      test.server.otherwise(.token("1", expiresIn: 10))
      _ = try await test.item()
      try file.remove()
      test.clock.advance(by: .seconds(10))
      _ = try await test.item()
      try file.write(" \n")
      test.clock.advance(by: .seconds(10))
      _ = try await test.item()
      #expect(test.server.requests.map { $0.form["client_secret"] } == ["secret", "secret", "secret"])
    }
  }

  @Test func twoFiles() async throws {
    let (id, secret) = (try TemporaryFile("\tapp 1\r\n"), try TemporaryFile("s\n"))
    try await TokenSourceTest.run {
      $0.credentials = .files(clientIDPath: id.path, clientSecretPath: secret.path)
    } _: { test async throws in
      test.server.enqueue(.token("1"))
      _ = try await test.item()
      #expect(test.server.requests.first?.form["client_id"] == "app%201")
      #expect(test.server.requests.first?.form["client_secret"] == "s")
    }
  }

  @Test(
    arguments: [
      "", "  \n", "{", "[]", #"{"client_id":"a"}"#, #"{"client_id":"","client_secret":"hush"}"#,
      #"{"client_id":1,"client_secret":"hush"}"#, String(repeating: "x", count: 65_537),
    ]
  )
  func aBadFileMakesNoRequestAndIsNotQuoted(text: String) async throws {
    let file = try TemporaryFile(text)
    try await TokenSourceTest.run {
      $0.credentials = .file(path: file.path)
    } _: { test async throws in
      let error = try await test.itemError()
      #expect(error?.kind == .credentialsUnavailable)
      #expect(error.map { "\($0)".contains("hush") || "\($0)".contains(file.path) } == false)
      #expect(test.server.requests.isEmpty)
    }
  }

  @Test(arguments: ["/nonexistent", "/", "/dev/zero"])
  func whatIsNoFileMakesNoRequest(path: String) async throws {
    try await TokenSourceTest.run {
      $0.credentials = .secretFile(clientID: "app", path: path)
    } _: { test async throws in
      #expect(try await test.itemError()?.kind == .credentialsUnavailable)
      #expect(test.server.requests.isEmpty)
    }
  }
}
