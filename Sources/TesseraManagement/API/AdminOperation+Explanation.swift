import TesseraCore

extension AdminOperation {
  /// Why a client gets a token or not.
  static let explanations: [AdminOperation] = [
    AdminOperation(
      name: "explainClient",
      method: "POST",
      path: "/admin/v1/clients/{client_id}/explain",
      scope: .read,
      summary: "Say step by step why a client would get a token or not. No token is made.",
      body: [
        AdminField("scopes", .texts, "The scopes to ask for", of: AdminSchema.scopeName),
        AdminField("resources", .texts, "The APIs to name (RFC 8707)", of: AdminSchema.resourceID),
        AdminField("address", .text, "The IP address that the request comes from"),
      ],
      outcome: .shown(.explanation)
    ) { request in
      let client = try await request.client()
      let body = request.body
      let resources = try (body.texts("resources") ?? []).map { text throws(AdminProblem) in
        guard let resource = Resource(stored: text) else {
          throw .unprocessable("it is an absolute URI or a plain name", field: "resources")
        }
        return resource
      }
      let source = try body.text("address").map { text throws(AdminProblem) in
        guard let source = SourceAddress(text) else {
          throw .unprocessable("it is no IP address", field: "address")
        }
        return source
      }
      let explained = ExplainedRequest(
        scopes: try [Scope](names: body.texts("scopes") ?? [], of: .scopes),
        resources: resources,
        from: source ?? .unknown
      )
      return .shown(
        try await request.administration.explain(
          explained,
          of: client,
          settings: request.node.replicaSettings
        )
      )
    }
  ]
}
