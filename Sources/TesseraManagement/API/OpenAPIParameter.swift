import TesseraCore

/// What a request carries beside its body, as OpenAPI has it.
struct OpenAPIParameter {
  enum Place: String {
    case path, query, header
  }

  let name: String
  let place: Place
  let isRequired: Bool
  let schema: JSONValue
  let help: String

  var json: JSONValue {
    .object([
      .init("name", .string(name)), .init("in", .string(place.rawValue)),
      .init("required", .boolean(isRequired)), .init("schema", schema), .init("description", .string(help)),
    ])
  }
}

extension AdminOperation {
  /// Those that it takes.
  var parameters: [OpenAPIParameter] {
    let inPath = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
      let name = String(part.dropFirst().dropLast())
      let (schema, help) = AdminOperation.pathParts[name] ?? (AdminSchema.text, "")
      return OpenAPIParameter(name: name, place: .path, isRequired: true, schema: schema, help: help)
    }
    let inQuery = query.map { field in
      OpenAPIParameter(
        name: field.name,
        place: .query,
        isRequired: field.isRequired,
        schema: field.schema,
        help: field.help
      )
    }
    return inPath + inQuery + headers
  }

  private var headers: [OpenAPIParameter] {
    var headers: [OpenAPIParameter] = []
    if precondition == .version {
      headers.append(
        OpenAPIParameter(
          name: "If-Match",
          place: .header,
          isRequired: false,
          // Whatever else it is, it is answered as one that is not current.
          schema: AdminSchema.text,
          help: "The ETag that this is based on; any version unless it is given"
        )
      )
    }
    if creates {
      headers.append(
        OpenAPIParameter(
          name: "Idempotency-Key",
          place: .header,
          isRequired: false,
          schema: AdminSchema.text(1...255, "^[!-~]+$"),
          help: "What tells this request from others, so that it can be repeated for a day"
        )
      )
    }
    return headers
  }

  /// The parts of paths that vary.
  private static let pathParts: [String: (schema: JSONValue, help: String)] = [
    "client_id": (AdminSchema.clientID, "The ID of the client"),
    "secret": (AdminSchema.name, "The name of the secret"),
    "key": (AdminSchema.name, "The name of the key or certificate"),
    "trust": (AdminSchema.name, "The name of the trust"),
    "name": (AdminSchema.scopeName, "The name of the scope"),
    "resource": (AdminSchema.resourceID, "The identifier of the API, percent-encoded"),
    "number": (AdminSchema.keyNumber, "The number of the key"),
    "request_id": (
      AdminSchema.text, "The ID of the request, as its X-Request-Id was and its line in the log has it"
    ),
  ]
}
