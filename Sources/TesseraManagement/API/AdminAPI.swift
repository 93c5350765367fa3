import Foundation
package import TesseraCore
package import TesseraJOSE
import TesseraSupport

/// A request to the management API as it came.
struct AdminCall: Sendable {
  let method: String
  /// The path as it was sent.
  let path: String
  /// What follows the `?`; nil when there is none.
  let query: String?
  /// The values of the header fields of a name.
  let headers: @Sendable (_ name: String) -> [String]
  /// Where it comes from; nil where that is not known.
  var address: String?
  /// The body, read when it is needed; throws when it has more bytes than that.
  let body: @Sendable (_ limit: Int) async throws(AdminProblem) -> [UInt8]
}

/// What the management API needs of its node, once that has begun.
package struct AdminNode: Sendable {
  /// What can be done, in the name of whoever is given.
  let administration: Administration
  let inspector: TokenInspector
  let replica: Replica
  let facts: ServerFacts
  let cursors: CursorSealer
  let tickets: OperatorTickets
  /// How it is called where several could be meant.
  let name: String
  let replicaSettings: Replica.Settings
  /// The requests that it refused lately.
  let denials: @Sendable () async -> RecentDenials
  let readImport: ImportReader
  /// How telling others of events stands.
  let deliveries: @Sendable () async throws -> [DeliveryStatus]
  /// Sends an event that says nothing; throws `AdministrationError`.
  let testDeliveries: @Sendable () async throws -> [TestedDelivery]
  let now: @Sendable () -> Timestamp

  /// Reads the file of a service that clients come from, and its second file; throws `AdministrationError` for one that is
  /// not what it should be.
  package typealias ImportReader =
    @Sendable (_ source: ImportSource, _ file: String, _ grants: String?) throws(AdministrationError) ->
    [ForeignClient]

  package init(
    administration: Administration,
    inspector: TokenInspector,
    replica: Replica,
    facts: ServerFacts,
    cursors: CursorSealer,
    tickets: OperatorTickets,
    name: String,
    replicaSettings: Replica.Settings,
    denials: @escaping @Sendable () async -> RecentDenials,
    readImport: @escaping ImportReader,
    deliveries: @escaping @Sendable () async throws -> [DeliveryStatus],
    testDeliveries: @escaping @Sendable () async throws -> [TestedDelivery],
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.administration = administration
    self.inspector = inspector
    self.replica = replica
    self.facts = facts
    self.cursors = cursors
    self.tickets = tickets
    self.name = name
    self.replicaSettings = replicaSettings
    self.denials = denials
    self.readImport = readImport
    self.deliveries = deliveries
    self.testDeliveries = testDeliveries
    self.now = now
  }
}

/// The management API: who asks, whether that is allowed, and what was asked, in this order.
struct AdminAPI: Sendable {
  static let prefix = "/admin"
  static let maximumBodySize = 65_536
  /// That of a body which stands for a file: room for some 20,000 clients.
  static let maximumFileSize = 4 << 20

  /// Nil while the node has not begun.
  let node: @Sendable () -> AdminNode?
  /// Whether credentials may be sent over this listener.
  let isPrivate: Bool
  private let files = FileRequests()
  var operations = AdminOperation.all

  func answer(_ call: AdminCall) async throws(AdminProblem) -> AdminAnswer {
    let (node, caller) = try await admit(call)
    let matches = try operations(at: call.path)
    guard !matches.isEmpty else { throw .notFound }
    guard let (operation, path) = matches.first(where: { $0.operation.method == call.method }) else {
      throw .methodNotAllowed(matches.map(\.operation.method))
    }
    guard caller.may(operation.scope) else { throw .insufficientScope(operation.scope) }
    let query = try AdminValues(query: AdminAPI.parameters(call.query), operation.query)
    let version = try version(call, operation)
    let isFile = operation.maximumBodySize > AdminAPI.maximumBodySize
    if isFile { try files.begin(by: caller.id) }
    defer { if isFile { files.end(by: caller.id) } }
    let bytes = try await body(of: call, operation)
    let body = try operation.body.map { fields throws(AdminProblem) in try AdminAPI.read(bytes, fields) }
    let administration = node.administration.acting(as: caller.actor, from: call.address)
    var repeatable: @Sendable () -> Administration = { administration }
    var isRepeated = false
    if let key = try idempotencyKey(call, operation) {
      let identity = Array("\(operation.method) \(call.path)\n".utf8) + bytes
      isRepeated = try await self.isRepeated(identity, key, caller, administration)
      repeatable = { administration.repeating(identity, key: key, by: caller.id) }
    }
    let request = AdminRequest(
      administration: administration,
      makeRepeatable: repeatable,
      inspector: node.inspector,
      replica: node.replica,
      caller: caller,
      path: path,
      query: query,
      body: body ?? AdminValues(),
      version: version,
      isRepeated: isRepeated,
      cursors: PageCursors(sealer: node.cursors, list: AdminAPI.list(operation, query)),
      node: node,
      now: node.now()
    )
    var answer = try await run(operation, request)
    answer.next = answer.next.map { AdminAPI.link(to: operation, query, $0) }
    return answer
  }

  /// Whether the same request came before; throws for another one with its key.
  private func isRepeated(
    _ identity: [UInt8],
    _ key: String,
    _ caller: Operator,
    _ administration: Administration
  ) async throws(AdminProblem) -> Bool {
    let repetition: Repetition
    do throws(AdministrationError) {
      repetition = try await administration.repetition(of: identity, key: key, by: caller.id)
    } catch {
      throw AdminProblem(error)
    }
    guard repetition != .other else { throw .otherRequest }
    return repetition == .again
  }

  /// Who asks, for whatever there is to ask.
  func admit(_ call: AdminCall) async throws(AdminProblem) -> (AdminNode, Operator) {
    guard isPrivate else { throw .needsTLS }
    guard let node = node() else { throw .unavailable("the store was not reached yet") }
    let authentication = OperatorAuthentication(
      inspector: node.inspector,
      tickets: node.tickets,
      now: node.now
    )
    let request = "\(call.method) \(call.path)"
    return (node, try await authentication.caller(call.headers("authorization"), of: request))
  }

  private func run(_ operation: AdminOperation, _ request: AdminRequest) async throws(AdminProblem)
    -> AdminAnswer
  {
    do {
      let answer = try await operation.run(request)
      // What was changed here counts here from now on. Where that cannot be read now, it is by the feed.
      if operation.method != "GET" { try? await request.replica.catchUp() }
      return answer
    } catch let problem as AdminProblem {
      throw problem
    } catch let error as AdministrationError {
      throw AdminProblem(error)
    } catch let error as DeclarationError {
      throw AdminProblem(error)
    } catch {
      throw .unexpected
    }
  }

  // MARK: Reading

  private func operations(at path: String) throws(AdminProblem) -> [(
    operation: AdminOperation, path: [String: String]
  )] {
    var segments: [String] = []
    for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let segment = part.removingPercentEncoding else {
        throw .badRequest("the path has a bad percent-escape")
      }
      segments.append(segment)
    }
    return operations.compactMap { operation in
      operation.match(segments).map { (operation: operation, path: $0) }
    }
  }

  private static func parameters(_ query: String?) throws(AdminProblem) -> [(name: String, value: String)] {
    guard let query, !query.isEmpty else { return [] }
    var parameters: [(name: String, value: String)] = []
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parameters.count < 16,
        let name = String(pair[0]).replacing("+", with: " ").removingPercentEncoding,
        let value = (pair.count > 1 ? String(pair[1]) : "").replacing("+", with: " ").removingPercentEncoding
      else { throw .badRequest("the query is not one that a form makes") }
      parameters.append((name, value))
    }
    return parameters
  }

  /// The list that a cursor is of: what is listed, and what it is narrowed to.
  private static func list(_ operation: AdminOperation, _ query: AdminValues) -> String {
    ([operation.name] + narrowing(operation, query)).joined(separator: "&")
  }

  /// Where the next part of a list is (RFC 8288).
  private static func link(to operation: AdminOperation, _ query: AdminValues, _ cursor: String) -> String {
    let limit = query.integer("limit").map { ["limit=\($0)"] } ?? []
    let parameters = limit + narrowing(operation, query) + ["cursor=\(cursor)"]
    return "<\(operation.path)?\(parameters.joined(separator: "&"))>; rel=\"next\""
  }

  /// The parameters that say which elements a list has.
  private static func narrowing(_ operation: AdminOperation, _ query: AdminValues) -> [String] {
    query.written(operation.query.filter { !["cursor", "limit"].contains($0.name) })
      .map { "\($0.name)=\($0.value.pathSegment)" }
  }

  /// Of `If-Match` one strong tag, which is the version, or `*` (RFC 9110 §13.1.1).
  private func version(_ call: AdminCall, _ operation: AdminOperation) throws(AdminProblem) -> Int? {
    let values = call.headers("if-match")
    guard let value = values.first else { return nil }
    guard operation.precondition == .version else {
      throw .badRequest("it is not taken here", field: "If-Match")
    }
    if values.count == 1, value == "*" { return nil }
    guard values.count == 1, value.count > 2, value.hasPrefix("\""), value.hasSuffix("\""),
      let version = Int(value.dropFirst().dropLast())
    else {
      // Whatever it is, it is not the tag of what there is.
      throw AdminProblem(
        status: 412,
        title: "Precondition Failed",
        detail: "it is not an ETag that was given out",
        field: "If-Match"
      )
    }
    return version
  }

  private func idempotencyKey(_ call: AdminCall, _ operation: AdminOperation) throws(AdminProblem) -> String?
  {
    let values = call.headers("idempotency-key")
    guard let key = values.first else { return nil }
    guard operation.creates else { throw .badRequest("it is not taken here", field: "Idempotency-Key") }
    guard values.count == 1, (1...255).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .badRequest("it has to be 1 to 255 visible ASCII characters", field: "Idempotency-Key") }
    return key
  }

  private func body(of call: AdminCall, _ operation: AdminOperation) async throws(AdminProblem) -> [UInt8] {
    guard operation.body != nil else { return [] }
    let bytes = try await call.body(operation.maximumBodySize)
    let types = call.headers("content-type")
    let type = types.first?.split(separator: ";").first.map { $0.lowercased() }
    guard types.count == 1, type?.filter({ $0 != " " }) == "application/json" else {
      throw .unsupportedMediaType
    }
    return bytes
  }

  private static func read(_ bytes: [UInt8], _ fields: [AdminField]) throws(AdminProblem) -> AdminValues {
    guard let json = JSON(bytes) else {
      throw .badRequest("the body is not JSON in UTF-8, or has a member twice")
    }
    return try AdminValues(body: json, fields)
  }
}
