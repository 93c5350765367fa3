import TesseraCore

/// The management API as OpenAPI 3.1 describes it, made from the operations themselves.
struct OpenAPIDocument {
  let operations: [AdminOperation]
  let version: String

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
      .init("security", .array([.object([.init("token", .array([]))])])), .init("paths", paths),
      .init("components", components),
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
      .init("operationId", .string(operation.name)), .init("summary", .string(operation.summary)),
      .init("description", .string("The scope \(operation.scope.rawValue) is needed.")),
    ]
    let parameters = parameters(of: operation)
    if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
    if let body = operation.body {
      members.append(
        .init(
          "requestBody",
          .object([.init("required", .boolean(true)), .init("content", content(schema(of: body)))])
        )
      )
    }
    members.append(.init("responses", .object(responses(of: operation))))
    return .object(members)
  }

  private func parameters(of operation: AdminOperation) -> [JSONValue] {
    let inPath = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
      parameter(String(part.dropFirst().dropLast()), in: "path", AdminSchema.text, isRequired: true)
    }
    let inQuery = operation.query.map { field in
      parameter(field.name, in: "query", field.kind.schema, isRequired: false, field.help)
    }
    var inHeader: [JSONValue] = []
    if operation.precondition == .version {
      inHeader.append(
        parameter(
          "If-Match",
          in: "header",
          AdminSchema.text,
          isRequired: false,
          "The ETag that this is based on"
        )
      )
    }
    if operation.creates {
      inHeader.append(
        parameter(
          "Idempotency-Key",
          in: "header",
          AdminSchema.text,
          isRequired: false,
          "What tells this request from others, so that it can be repeated for a day"
        )
      )
    }
    return inPath + inQuery + inHeader
  }

  private func parameter(
    _ name: String,
    in place: String,
    _ schema: JSONValue,
    isRequired: Bool,
    _ help: String? = nil
  ) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(name)), .init("in", .string(place)), .init("required", .boolean(isRequired)),
      .init("schema", schema),
    ]
    if let help { members.append(.init("description", .string(help))) }
    return .object(members)
  }

  private func schema(of body: [AdminField]) -> JSONValue {
    .object([
      .init("type", .string("object")),
      .init(
        "properties",
        .object(
          body.map { field in
            guard case .object(let members) = field.kind.schema else {
              return .init(field.name, field.kind.schema)
            }
            return .init(field.name, .object(members + [.init("description", .string(field.help))]))
          }
        )
      ),
      .init("required", JSONValue(body.filter(\.isRequired).map(\.name))),
      .init("additionalProperties", .boolean(false)),
    ])
  }

  private func responses(of operation: AdminOperation) -> [JSONValue.Member] {
    let success: JSONValue.Member =
      switch operation.outcome {
      case .shown(let schema): .init("200", answer("Done", schema.reference))
      case .listed(let schema): .init("200", answer("A list", AdminSchema.array(of: schema.reference)))
      case .created(let schema): .init("201", answer("Made", schema.reference))
      case .done: .init("204", .object([.init("description", .string("Done"))]))
      }
    return [
      success,
      .init(
        "default",
        .object([
          .init("description", .string("A problem (RFC 9457)")),
          .init("content", content(AdminSchema.problem.reference, as: "application/problem+json")),
        ])
      ),
    ]
  }

  private func answer(_ description: String, _ schema: JSONValue) -> JSONValue {
    .object([.init("description", .string(description)), .init("content", content(schema))])
  }

  private func content(_ schema: JSONValue, as type: String = "application/json") -> JSONValue {
    .object([.init(type, .object([.init("schema", schema)]))])
  }

  private var components: JSONValue {
    .object([
      .init("schemas", .object(AdminSchema.all.map { .init($0.name, $0.json) })),
      .init(
        "securitySchemes",
        .object([
          .init(
            "token",
            .object([
              .init("type", .string("http")), .init("scheme", .string("bearer")),
              .init(
                "description",
                .string("An access token of this server for \(Administration.managementResource)")
              ),
            ])
          )
        ])
      ),
    ])
  }
}

extension AdminField.Kind {
  fileprivate var schema: JSONValue {
    switch self {
    case .text: AdminSchema.text
    case .texts: AdminSchema.texts
    case .integer: AdminSchema.integer
    case .boolean: AdminSchema.boolean
    case .choice(let texts): .object([.init("type", .string("string")), .init("enum", JSONValue(texts))])
    case .map: AdminSchema.map
    case .nullable(let kind):
      .object([.init("anyOf", .array([kind.schema, .object([.init("type", .string("null"))])]))])
    }
  }
}
