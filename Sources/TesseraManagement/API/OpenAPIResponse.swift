import TesseraCore

/// What an operation can answer with one status, as OpenAPI has it.
struct OpenAPIResponse {
  let status: Int
  let description: String
  var headers: [(name: String, isRequired: Bool, help: String)] = []
  /// By media type; empty where nothing follows the header.
  var content: JSONValue?

  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("description", .string(description))]
    if !headers.isEmpty {
      let described = headers.map { header in
        JSONValue.Member(
          header.name,
          .object([
            .init("description", .string(header.help)), .init("required", .boolean(header.isRequired)),
            .init("schema", AdminSchema.text),
          ])
        )
      }
      members.append(.init("headers", .object(described)))
    }
    if let content { members.append(.init("content", content)) }
    return .object(members)
  }

  static func content(_ schema: JSONValue, as type: String = "application/json") -> JSONValue {
    .object([.init(type, .object([.init("schema", schema)]))])
  }

  /// Everything that an operation can answer.
  static func all(of operation: AdminOperation) -> [OpenAPIResponse] {
    var problems = [
      problem(400, "It cannot be read, or has a parameter or a header field that is not allowed"),
      problem(
        401,
        "There is no token, or none that is valid",
        [("WWW-Authenticate", true, "The challenge (RFC 6750 §3)")]
      ),
      problem(
        403,
        "The token does not allow it",
        [("WWW-Authenticate", false, "The scope that is needed (RFC 6750 §3)")]
      ),
    ]
    let hasBody = operation.body != nil
    if hasBody || operation.path.contains("{") { problems.append(problem(404, "There is no such thing")) }
    if operation.method != "GET" { problems.append(problem(409, "It does not go with what there is")) }
    if operation.precondition == .version {
      problems.append(problem(412, "It was changed since the version that If-Match names; nothing was done"))
    }
    if hasBody {
      problems += [
        problem(413, "The body has more than \(operation.maximumBodySize) bytes"),
        problem(415, "The body is not application/json"),
      ]
    }
    if operation.method != "GET" {
      problems.append(
        problem(422, "A value is not allowed, or an Idempotency-Key was used for another request")
      )
    }
    let unavailable = problem(503, "The store does not answer", [("Retry-After", true, "In seconds")])
    return [success(of: operation)] + problems + [unavailable]
  }

  private static func problem(
    _ status: Int,
    _ description: String,
    _ headers: [(name: String, isRequired: Bool, help: String)] = []
  ) -> OpenAPIResponse {
    OpenAPIResponse(
      status: status,
      description: description,
      headers: headers,
      content: content(AdminSchema.problem.reference, as: "application/problem+json")
    )
  }

  private static func success(of operation: AdminOperation) -> OpenAPIResponse {
    let tag = (name: "ETag", isRequired: true, help: "The version, for If-Match")
    switch operation.outcome {
    case .shown(let schema):
      return OpenAPIResponse(
        status: 200,
        description: "Done",
        headers: schema.isVersioned ? [tag] : [],
        content: content(schema.reference)
      )
    case .listed(let schema):
      return OpenAPIResponse(
        status: 200,
        description: "A list",
        headers: operation.isPaged
          ? [(name: "Link", isRequired: false, help: "Where the next part is (RFC 8288)")] : [],
        content: content(AdminSchema.array(of: schema.reference))
      )
    case .created(let schema):
      return OpenAPIResponse(
        status: 201,
        description: "Made",
        headers: [(name: "Location", isRequired: true, help: "Where it is")]
          + (schema.isVersioned ? [tag] : []),
        content: content(schema.reference)
      )
    case .lines(let schema, let last):
      return OpenAPIResponse(
        status: 200,
        description: "One \(schema.name) a line, then one \(last.name) a line",
        content: content(AdminSchema.text, as: "application/jsonl")
      )
    case .done: return OpenAPIResponse(status: 204, description: "Done")
    }
  }
}
