import TesseraCore
import TesseraJOSE
import TesseraSupport

extension AdminOperation {
  /// What can be done with scopes.
  static let scopes: [AdminOperation] = [
    AdminOperation(
      name: "listScopes",
      method: "GET",
      path: "/admin/v1/scopes",
      scope: .read,
      summary: "List all scopes by name, retired ones too.",
      outcome: .listed(.scope)
    ) { request in
      .listed(try await request.administration.scopes().map(ScopeRepresentation.init))
    },
    AdminOperation(
      name: "createScope",
      method: "POST",
      path: "/admin/v1/scopes",
      scope: .write,
      summary: "Add a scope. Its name can never be given to another.",
      body: [
        AdminField("name", .text, required: true, "Its name", of: AdminSchema.scopeName),
        AdminField("description", .text, required: true, "What it gives access to", of: AdminSchema.name),
        AdminField(
          "resource",
          .text,
          "The API that accepts tokens with it; the first unless it is given",
          of: AdminSchema.resourceID
        ),
      ],
      outcome: .created(.scope)
    ) { request in
      let scope = try Scope(request.body.text("name") ?? "", of: .name)
      let description = try DisplayName(request.body.text("description") ?? "", of: .description)
      let resource = try Resource(
        existing: request.body.text("resource") ?? Administration.defaultResource
      )
      try request.checkIsOrdinary(resource)
      let made = try await request.again(await request.administration.scopes().first { $0.scope == scope })
      let definition: ScopeDefinition
      if let made {
        definition = made
      } else {
        definition = try await request.administration.createScope(
          scope,
          description: description,
          resource: resource
        )
      }
      return .created(ScopeRepresentation(definition), at: "/admin/v1/scopes/\(scope.name.pathSegment)")
    },
    AdminOperation(
      name: "showScope",
      method: "GET",
      path: "/admin/v1/scopes/{name}",
      scope: .read,
      summary: "Show a scope.",
      outcome: .shown(.scope)
    ) { request in
      .shown(ScopeRepresentation(try await request.administration.scope(named: request.part("name"))))
    },
    AdminOperation(
      name: "retireScope",
      method: "POST",
      path: "/admin/v1/scopes/{name}/retire",
      scope: .write,
      summary: "Stop granting a scope.",
      body: [
        AdminField(
          "revoke_tokens",
          .boolean,
          "Whether all tokens of clients that may ask for it are revoked, too"
        )
      ],
      outcome: .shown(.scope)
    ) { request in
      let administration = request.administration
      let definition = try await administration.scope(named: request.part("name"))
      try request.checkIsOrdinary(definition.resource)
      try await administration.retireScope(
        definition.scope,
        revokingTokens: request.body.isTrue("revoke_tokens")
      )
      return .shown(ScopeRepresentation(try await administration.scope(named: request.part("name"))))
    },
  ]
}

extension AdminRequest {
  /// What the same request made before; nil for one that came for the first time.
  func again<Made>(_ made: @autoclosure () async throws -> Made?) async throws -> Made? {
    isRepeated ? try await made() : nil
  }

  /// Throws for the management API itself: what operators may do is not changed through it.
  func checkIsOrdinary(_ resource: Resource) throws(AdminProblem) {
    guard resource.uri != Administration.managementResource else {
      throw AdminProblem(
        status: 403,
        title: "The management API is not changed through itself",
        detail: "use the command line"
      )
    }
  }
}
