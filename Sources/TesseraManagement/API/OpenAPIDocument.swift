import TesseraCore

/// The management API as OpenAPI 3.1 describes it, made from the operations themselves.
struct OpenAPIDocument {
  let operations: [AdminOperation]
  let version: String
  /// Where tokens are asked for; nil while that is not known.
  let tokenEndpoint: String?

  var json: JSONValue {
    .object([
      .init("openapi", .string("3.1.0")),
      .init(
        "info",
        .object([
          .init("title", .string("Tessera management API")), .init("version", .string(version)),
          .init(
            "license",
            .object([.init("name", .string("Apache 2.0")), .init("identifier", .string("Apache-2.0"))])
          ),
        ])
      ),
      .init("paths", paths), .init("components", components),
    ])
  }

  private var paths: JSONValue {
    var known: [String] = []
    for operation in operations where !known.contains(operation.path) { known.append(operation.path) }
    return .object(
      known.map { path in
        .init(
          path,
          .object(
            operations.filter { $0.path == path }.map { .init($0.method.lowercased(), describe($0)) }
          )
        )
      }
    )
  }

  private func describe(_ operation: AdminOperation) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("operationId", .string(operation.name)), .init("tags", JSONValue([operation.tag])),
      .init("summary", .string(operation.summary)),
      .init(
        "security",
        .array([.object([.init(OpenAPIDocument.scheme, JSONValue([operation.scope.rawValue]))])])
      ),
    ]
    let parameters = operation.parameters
    if !parameters.isEmpty { members.append(.init("parameters", .array(parameters.map(\.json)))) }
    if let body = operation.body {
      members.append(
        .init(
          "requestBody",
          .object([
            .init("required", .boolean(true)),
            .init("content", OpenAPIResponse.content(AdminSchema.object(body))),
          ])
        )
      )
    }
    let responses = OpenAPIResponse.all(of: operation).map { JSONValue.Member(String($0.status), $0.json) }
    members.append(.init("responses", .object(responses)))
    return .object(members)
  }

  private static let scheme = "token"

  private var components: JSONValue {
    let scopes = OperatorScope.allCases.map { JSONValue.Member($0.rawValue, .string($0.purpose)) }
    let flow = JSONValue.object([
      // Relative to the server where it is not known: nobody can ask for a token then.
      .init("tokenUrl", .string(tokenEndpoint ?? "/oauth2/token")), .init("scopes", .object(scopes)),
    ])
    let scheme = JSONValue.object([
      .init("type", .string("oauth2")),
      .init(
        "description",
        .string("An access token of this server for \(Administration.managementResource)")
      ),
      .init("flows", .object([.init("clientCredentials", flow)])),
    ])
    return .object([
      .init("schemas", .object(AdminSchema.all.map { .init($0.name, $0.json) })),
      .init("securitySchemes", .object([.init(OpenAPIDocument.scheme, scheme)])),
    ])
  }
}

extension AdminOperation {
  /// What it is about: the part of its path after the version.
  var tag: String { path.split(separator: "/").dropFirst(2).first.map(String.init) ?? "" }
}
