import Foundation
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraManagement

/// The management API over a server of a test.
struct AdminWorld: Sendable {
  let server: TestServer
  let api: AdminAPI

  static func run(_ body: (AdminWorld) async throws -> Void) async throws {
    try await TestServer.run { server in
      // The management API and its scopes are there once there is an operator.
      _ = try await server.administration.createOperator(
        named: DisplayName("first", of: .name),
        role: .viewer
      )
      try await server.replica.catchUp()
      let node = AdminNode(
        administration: server.administration,
        inspector: TokenInspector(
          replica: server.replica.reader(),
          formats: AuthorizationServer.tokenFormats(issuer: TestServer.issuer)
        ),
        replica: server.replica,
        facts: ServerFacts(
          issuer: TestServer.issuer,
          version: "1",
          tokenEndpointPath: "/oauth/token",
          scopeSeparator: ",",
          lifetime: TokenLifetime(),
          keys: KeyRotation.Settings()
        ),
        cursors: CursorSealer(masterKey: server.masterKey),
        tickets: OperatorTickets(masterKey: server.masterKey),
        name: "node 1",
        replicaSettings: Replica.Settings(),
        denials: server.denials,
        readImport: AdminWorld.readImport,
        deliveries: { [try AdminWorld.delivery] },
        testDeliveries: {
          [TestedDelivery(sink: "webhook", place: "https://a.example", id: "1", error: "it is away")]
        },
        now: { server.clocks.wall.now }
      )
      try await body(AdminWorld(server: server, api: AdminAPI(node: { node }, isPrivate: true)))
    }
  }

  /// Reads a file whose lines are `ID SCOPE`.
  private static let readImport: AdminNode.ImportReader = {
    _,
    file,
    _ throws(AdministrationError) -> [ForeignClient] in
    var clients: [ForeignClient] = []
    for line in file.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 2 else { throw .invalid(nil, "line \(clients.count + 1): this is no client") }
      var client = ForeignClient(place: "line \(clients.count + 1)", id: words[0])
      client.scopes = [words[1]]
      clients.append(client)
    }
    return clients
  }

  /// One that has failed.
  static var delivery: DeliveryStatus {
    get throws {
      let text = """
        {"sink":"webhook","pending":1,"delivered":2,"failed":3,"dropped":4,"last_error":"it is away",
        "last_error_at":"2026-11-27T00:00:00.000Z","last_delivered_at":"2026-11-27T00:00:01.000Z",
        "next_try_at":"2026-11-27T00:00:02.000Z"}
        """
      return try DeliveryStatus(ShownJSON(try #require(JSON(text.utf8))))
    }
  }

  /// A token for the management API with these scopes.
  func token(_ scopes: [OperatorScope]) async throws -> String {
    let client = try await server.makeClient { $0.scopes = scopes.map(\.rawValue) }
    let answer = try await server.send(
      client.tokenRequest(["scope": scopes.map(\.rawValue).joined(separator: ",")])
    )
    return try #require(answer.accessToken)
  }

  /// A token that allows everything.
  func admin() async throws -> String { try await token(OperatorScope.allCases) }

  /// What the API answers, as HTTP has it.
  func ask(
    _ method: String,
    _ path: String,
    _ body: String? = nil,
    token: String?,
    headers: [String: String] = [:],
    from address: String? = nil
  ) async -> AdminOutcome {
    var fields = headers
    if let token { fields["authorization"] = "Bearer \(token)" }
    if body != nil, fields["content-type"] == nil { fields["content-type"] = "application/json" }
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    let (sent, bytes) = (fields, Array((body ?? "").utf8))
    let call = AdminCall(
      method: method,
      path: parts[0],
      query: parts.count > 1 ? parts[1] : nil,
      headers: { name in sent[name].map { [$0] } ?? [] },
      address: address,
      body: { limit async throws(AdminProblem) in
        guard bytes.count <= limit else { throw .tooLarge(limit) }
        return bytes
      }
    )
    do throws(AdminProblem) {
      let answer = try await api.answer(call)
      return AdminOutcome(
        status: answer.status,
        text: await AdminWorld.lines(answer) ?? answer.json?.text() ?? "",
        answer: answer,
        problem: nil
      )
    } catch {
      return AdminOutcome(status: error.status, text: error.json.text(), answer: nil, problem: error)
    }
  }

  /// What is told line by line; nil for other answers.
  private static func lines(_ answer: AdminAnswer) async -> String? {
    guard let lines = answer.lines else { return nil }
    var text = ""
    do {
      try await lines { text += $0.map { $0.text() + "\n" }.joined() }
    } catch {
      text += "broke off"
    }
    return text
  }

  /// How many records the audit log has.
  func auditCount() async throws -> Int {
    try await server.store.auditRecords(before: nil, subject: nil, limit: 10_000).count
  }
}

/// What came of a request.
struct AdminOutcome {
  let status: Int
  let text: String
  let answer: AdminAnswer?
  let problem: AdminProblem?

  var json: Any? { try? JSONSerialization.jsonObject(with: Data(text.utf8)) }
  var members: [String: Any] { json as? [String: Any] ?? [:] }
  var elements: [[String: Any]] { json as? [[String: Any]] ?? [] }

  func member(_ name: String) -> String? { members[name] as? String }
}
