import Foundation
import JWTKit
import TesseraCore
import TesseraTestSupport
import Testing

/// What a server tells by itself: at a webhook, to syslog and in its log.
@Suite struct NotificationTests {
  /// What the tests look at of a Security Event Token, verified by a library that is not ours.
  private struct Event: JWTPayload {
    let iss: String
    let aud: String
    let jti: String
    let events: [String: Payload]

    struct Payload: Codable {
      let number: Int?
      let subject: String?
      let secret: String?
    }

    func verify(using algorithm: some JWTAlgorithm) throws {}

    var kind: String { events.keys.first?.replacing("urn:tessera:event:", with: "") ?? "" }
  }

  /// The events that came, each verified by the key set of a server, and each once: one whose answer came too late on a
  /// busy machine is told again.
  private func events(at receiver: EventReceiver, of server: RunningServer) async throws -> [Event] {
    let keys = try await JWTKeyCollection().add(jwksJSON: server.send(.keySet).text)
    var events: [Event] = []
    for token in receiver.accepted {
      let event = try await keys.verify(token, as: Event.self)
      if !events.contains(where: { $0.jti == event.jti }) { events.append(event) }
    }
    return events
  }

  /// How many different events came.
  private func count(at receiver: EventReceiver) throws -> Int {
    Set(try receiver.accepted.map { try TestJWT($0).text("jti") }).count
  }

  private func create(_ name: String, in folder: TemporaryFolder, _ arguments: String...) async throws
    -> String
  {
    let outcome = try await run(
      ["client", "create", "--format", "json", "--name", name, "--scope", "item"] + arguments,
      in: folder
    )
    return try #require(outcome.member("client_id"))
  }

  /// Runs a command that has to work.
  private func run(
    _ arguments: [String],
    in folder: TemporaryFolder,
    environment: [String: String] = [:]
  ) async throws -> TesseraProcess.Outcome {
    let outcome = try await TesseraProcess.run(arguments, in: folder, environment: environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  private func status(_ folder: TemporaryFolder, _ environment: [String: String]) async throws -> [[String:
    Any]]
  {
    let outcome = try await run(
      ["notifications", "status", "--format", "json"],
      in: folder,
      environment: environment
    )
    return try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]] ?? []
  }

  @Test("A receiver that trusts the key set gets what is done, over TLS, once each and in order")
  func webhook() async throws {
    let authority = try TestAuthority()
    let receiver = try await EventReceiver(authority.issue())
    let folder = try await TemporaryFolder.withData()
    try Data(authority.pem.utf8).write(to: folder.url("ca.pem"))
    let environment = [
      "TESSERA_NOTIFICATIONS_WEBHOOK_URL": receiver.url,
      "TESSERA_NOTIFICATIONS_CA_FILE": folder.url("ca.pem").path,
    ]
    let server = try await RunningServer.start(in: folder, environment: environment)
    try await wait { try await self.status(folder, environment).first?["pending"] as? Int == 0 }
    let client = try await server.makeClient()
    let disabled = try await server.tessera("client", "disable", client.id.rawValue, "--yes")
    #expect(disabled.status == 0, "\(disabled.errors)")
    try await wait { try self.count(at: receiver) >= 2 }
    let events = try await events(at: receiver, of: server)
    #expect(events.map(\.kind) == ["client.created", "client.disabled"])
    #expect(events.allSatisfy { $0.iss == "http://127.0.0.1:\(server.port)" && $0.aud == receiver.url })
    #expect(events.allSatisfy { $0.events.values.first?.subject == client.id.rawValue })
    let everything = receiver.requests.map(\.body).joined()
    #expect(!everything.contains(client.secret))

    let management = try await server.management()
    try await wait {
      try await management.metric(#"tessera_notifications_delivered_total{sink="webhook"}"#) == 2
    }
    #expect(try await management.metric(#"tessera_notifications_pending{sink="webhook"}"#) == 0)
    let shown = try #require(try await status(folder, environment).first)
    #expect(shown["delivered"] as? Int == 2)

    // By hand, with a running server or without.
    let test = try await TesseraProcess.run(["notifications", "test"], in: folder, environment: environment)
    #expect(test.status == 0 && test.output.contains("arrived"), "\(test.output)\(test.errors)")
    #expect(try await self.events(at: receiver, of: server).last?.kind == "test")
    try await server.stop()
    try await receiver.stop()
    let failed = try await TesseraProcess.run(
      ["notifications", "test"],
      in: folder,
      environment: environment
    )
    #expect(failed.status == 6 && failed.errors.contains("the event did not arrive at: webhook"))
  }

  @Test(
    "What is done while the receiver or the server is away arrives when they are back",
    .timeLimit(.minutes(10))
  )
  func outages() async throws {
    let receiver = try await EventReceiver()
    let folder = try await TemporaryFolder.withData()
    let environment = ["TESSERA_NOTIFICATIONS_WEBHOOK_URL": receiver.url]
    var server = try await RunningServer.start(in: folder, environment: environment)
    try await wait { try await self.status(folder, environment).first?["pending"] as? Int == 0 }
    receiver.otherwise(.respond(503))
    var clients = [try await create("away", in: folder)]
    try await wait { (try await self.status(folder, environment).first?["failed"] as? Int ?? 0) > 0 }
    let shown = try #require(try await status(folder, environment).first)
    // On a busy machine it can be that it did not answer in time.
    #expect((shown["last_error"] as? String)?.hasPrefix("the receiver ") == true)
    server.process.signal(SIGKILL)
    _ = try await server.process.outcome()
    clients.append(try await create("no server", in: folder))
    receiver.enqueue(.respond(500), .respond(302, headers: [("Location", "http://127.0.0.1:1/")]))
    receiver.otherwise(.accept)
    server = try await RunningServer.start(in: folder, environment: environment)
    try await wait { try self.count(at: receiver) >= 2 }
    let events = try await events(at: receiver, of: server)
    #expect(events.map { $0.events.values.first?.subject } == clients)
    try await server.stop()
    try await receiver.stop()
  }

  @Test(
    "Killed again and again, a server loses no event, and what it repeats has the same ID",
    .timeLimit(.minutes(20))
  )
  func kills() async throws {
    let receiver = try await EventReceiver()
    let folder = try await TemporaryFolder.withData()
    let environment = ["TESSERA_NOTIFICATIONS_WEBHOOK_URL": receiver.url]
    var server = try await RunningServer.start(in: folder, environment: environment)
    try await wait { try await self.status(folder, environment).first?["pending"] as? Int == 0 }
    var clients: [String] = []
    for round in 0..<3 {
      for index in 0..<3 { clients.append(try await create("client \(round) \(index)", in: folder)) }
      try await wait { receiver.accepted.count > clients.count - 3 }
      server.process.signal(SIGKILL)
      _ = try await server.process.outcome()
      server = try await RunningServer.start(in: folder, environment: environment)
    }
    try await wait { try self.count(at: receiver) >= clients.count }
    let told = try await events(at: receiver, of: server)
    #expect(told.map { $0.events.values.first?.subject } == clients)
    try await server.stop()
    try await receiver.stop()
  }

  @Test("Of two nodes one tells, and the other goes on when that is killed", .timeLimit(.minutes(10)))
  func twoNodes() async throws {
    let receiver = try await EventReceiver()
    let database = PostgresDatabase()
    let key = try TemporaryFolder()
    let made = try await TesseraProcess.shell(
      "umask 077 && head -c 32 /dev/urandom | base64 >master.key",
      in: key
    )
    #expect(made == 0)
    var nodes: [RunningServer] = []
    for _ in 0..<2 {
      let folder = try TemporaryFolder(database: database)
      try Data(
        """
        master-key-file: \(key.url("master.key").path)
        issuer: https://auth.example.com
        notifications:
          webhook-url: \(receiver.url)
        """.utf8
      ).write(to: folder.url("tessera.yaml"))
      nodes.append(try await RunningServer.start(in: folder))
    }
    let folder = nodes[1].folder
    try await wait { try await self.status(folder, [:]).first?["pending"] as? Int == 0 }
    let before = try count(at: receiver)
    var clients: [String] = []
    for index in 0..<6 { clients.append(try await create("client \(index)", in: folder)) }
    try await wait { try self.count(at: receiver) >= before + clients.count }
    let events = try await events(at: receiver, of: nodes[1]).dropFirst(before)
    #expect(events.map { $0.events.values.first?.subject } == clients, "in order, whichever node told them")
    nodes[0].process.signal(SIGKILL)
    _ = try await nodes[0].process.outcome()
    clients.append(try await create("after", in: folder))
    try await wait {
      try await self.events(at: receiver, of: nodes[1]).contains {
        $0.events.values.first?.subject == clients.last
      }
    }
    try await nodes[1].stop()
    try await receiver.stop()
  }

  @Test("Secrets that expire soon are in the log and at the webhook, once, also after a start")
  func secrets() async throws {
    let receiver = try await EventReceiver()
    let folder = try await TemporaryFolder.withData()
    let client = try await create("soon", in: folder, "--expires-in", "5")
    _ = try await create("late", in: folder, "--expires-in", "300")
    let environment = ["TESSERA_NOTIFICATIONS_WEBHOOK_URL": receiver.url]
    for round in 0..<2 {
      let server = try await RunningServer.start(in: folder, environment: environment)
      if round == 0 {
        try await wait {
          try server.process.errors().contains("a client secret expires in less than 7 days: replace it")
        }
        try await wait { try self.count(at: receiver) == 1 }
      } else {
        // What comes after the start is told, and nothing else was.
        let other = try await create("other", in: folder)
        try await wait { try self.count(at: receiver) >= 2 }
        let told = try await events(at: receiver, of: server)
        #expect(told.map(\.kind) == ["secret.expiring", "client.created"])
        #expect(told[0].events.values.first?.secret != nil && told[1].events.values.first?.subject == other)
        #expect(try !server.process.errors().contains("a client secret expires"))
      }
      if round == 0 { #expect(try server.process.errors().contains("client=\(client)")) }
      try await server.stop()
    }
    try await receiver.stop()
  }

  @Test("Syslog gets the audit log, what was done while it was away too")
  func syslog() async throws {
    let folder = try await TemporaryFolder.withData()
    let path = folder.url("log").path
    let environment = ["TESSERA_AUDIT_SYSLOG": path]
    let server = try await RunningServer.start(in: folder, environment: environment)
    try await wait { try await self.status(folder, environment).first?["pending"] as? Int == 0 }
    let client = try await server.makeClient()
    try await wait { (try await self.status(folder, environment).first?["failed"] as? Int ?? 0) > 0 }
    let receiver = try NotifyReceiver(at: path)
    let message = try await receiver.next()
    #expect(message.contains(" client.created [tessera@32473 "))
    #expect(message.contains("subject=\"\(client.id.rawValue)\"") && !message.contains(client.secret))
    _ = try await create("another", in: folder)
    #expect(try await receiver.next().contains("another"))
    try await server.stop()
  }

  @Test("Nobody is told where nothing is set, and a command says so")
  func nobody() async throws {
    let folder = try await TemporaryFolder.withData()
    let status = try await TesseraProcess.run(["notifications", "status"], in: folder)
    #expect(status.status == 0 && status.output.hasPrefix("nobody is told: set notifications.webhook-url"))
    let test = try await TesseraProcess.run(["notifications", "test"], in: folder)
    #expect(test.status == 2 && test.errors.contains("nobody is told: set notifications.webhook-url"))
  }
}
