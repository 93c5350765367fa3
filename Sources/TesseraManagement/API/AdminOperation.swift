import TesseraCore
import TesseraJOSE

/// One thing that an operator can ask for, by method and path.
///
/// Routing, checking and the OpenAPI document derive from it.
struct AdminOperation: Sendable {
  /// Whether it is based on a version that the caller may name by `If-Match`.
  enum Precondition: Sendable {
    case none
    case version
  }

  /// What it answers when it succeeds.
  enum Outcome: Sendable {
    /// 200 with this.
    case shown(AdminSchema)
    /// 200 with an array of this, and the next part in `Link`.
    case listed(AdminSchema)
    /// 201 with this.
    case created(AdminSchema)
    /// 204.
    case done
    /// 200 with any number of this, one a line (JSON Lines), and what the rest of the lines are.
    case lines(AdminSchema, then: AdminSchema)
  }

  /// Its name, as OpenAPI has it.
  let name: String
  let method: String
  /// The path with the names of its parts that vary in braces.
  let path: String
  let scope: OperatorScope
  /// What it does, in a sentence.
  let summary: String
  var query: [AdminField] = []
  /// The members of its body; nil for none.
  var body: [AdminField]?
  /// The most bytes of its body.
  var maximumBodySize = AdminAPI.maximumBodySize
  var precondition = Precondition.none
  let outcome: Outcome
  let run: @Sendable (AdminRequest) async throws -> AdminAnswer

  /// Whether a list of it is told in parts.
  var isPaged: Bool { query.contains { $0.name == "cursor" } }

  /// Whether it makes something, and so takes an `Idempotency-Key`.
  var creates: Bool { if case .created = outcome { true } else { false } }

  /// The parts of the path that vary, if this is a path of it.
  func match(_ segments: [String]) -> [String: String]? {
    let template = path.split(separator: "/")
    guard template.count == segments.count else { return nil }
    var parameters: [String: String] = [:]
    for (part, segment) in zip(template, segments) {
      if part.hasPrefix("{") {
        parameters[String(part.dropFirst().dropLast())] = segment
      } else if part != segment[...] {
        return nil
      }
    }
    return parameters
  }
}

/// A request that was authenticated, allowed, and read as its operation says.
struct AdminRequest: Sendable {
  /// What can be done, in the name of the caller.
  let administration: Administration
  let makeRepeatable: @Sendable () -> Administration
  let inspector: TokenInspector
  let replica: Replica
  let caller: Operator
  /// The parts of the path that vary, decoded.
  let path: [String: String]
  let query: AdminValues
  let body: AdminValues
  /// The version that the caller means; nil for whatever there is.
  let version: Int?
  /// Whether the same request came before.
  let isRepeated: Bool
  let cursors: PageCursors
  let node: AdminNode
  let now: Timestamp

  /// The same administration as it was at the beginning of this request, and of one that it repeats: what it makes of chance
  /// is the same.
  var repeatable: Administration { makeRepeatable() }

  /// What operators need to know of the server.
  var facts: ServerFacts { node.facts }
  /// The lifetimes of tokens that the server has.
  var lifetime: TokenLifetime { facts.lifetime }

  /// A part of the path.
  func part(_ name: String) -> String { path[name] ?? "" }
}

/// What is answered to a request that was done.
struct AdminAnswer: Sendable {
  var status = 200
  /// Nil for none.
  var json: JSONValue?
  /// Writes what is told line by line, each as JSON on a line of its own.
  var lines: (@Sendable (_ write: ([JSONValue]) async throws -> Void) async throws -> Void)?
  /// The version of what is shown.
  var version: Int?
  /// Where the next part of a list begins: the cursor, then the `Link` to it.
  var next: String?
  /// Where what was made is found.
  var location: String?

  static func shown(_ representation: some Representation, version: Int? = nil) -> AdminAnswer {
    AdminAnswer(json: representation.json, version: version)
  }

  static func created(_ representation: some Representation, at location: String, version: Int? = nil)
    -> AdminAnswer
  {
    AdminAnswer(status: 201, json: representation.json, version: version, location: location)
  }

  static func listed(_ elements: [some Representation], next: String? = nil) -> AdminAnswer {
    AdminAnswer(json: .array(elements.map(\.json)), next: next)
  }

  static let done = AdminAnswer(status: 204)
}
