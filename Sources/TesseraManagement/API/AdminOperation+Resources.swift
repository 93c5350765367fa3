import TesseraCore
import TesseraJOSE
import TesseraSupport

extension AdminOperation {
  /// What can be done with APIs that tokens are for.
  static let resources: [AdminOperation] = [
    AdminOperation(
      name: "listResources",
      method: "GET",
      path: "/admin/v1/resources",
      scope: .read,
      summary: "List all APIs that tokens can be for, retired ones too.",
      outcome: .listed(.resource)
    ) { request in
      .listed(try await request.administration.resources().map(ResourceRepresentation.init))
    },
    AdminOperation(
      name: "createResource",
      method: "POST",
      path: "/admin/v1/resources",
      scope: .write,
      summary: "Add an API that tokens can be for.",
      body: creation,
      outcome: .created(.resource)
    ) { request in
      let resource = try Resource(new: request.body.text("resource") ?? "")
      let description = try DisplayName(request.body.text("description") ?? "", of: .description)
      try request.checkIsOrdinary(resource)
      let made = try await request.again(
        await request.administration.resources().first { $0.resource == resource }
      )
      let definition: ResourceDefinition
      if let made {
        definition = made
      } else {
        definition = try await request.administration.createResource(
          resource,
          description: description,
          tokenFormat: request.body.text("token_format").flatMap(TokenFormat.init(rawValue:)),
          signingAlgorithm: request.body.text("signing_algorithm").flatMap { SigningAlgorithm($0) },
          jwtType: request.body.text("jwt_type").flatMap(JWTType.init(rawValue:)) ?? .accessToken
        )
      }
      return .created(
        ResourceRepresentation(definition),
        at: "/admin/v1/resources/\(resource.uri.pathSegment)",
        version: definition.version
      )
    },
    AdminOperation(
      name: "showResource",
      method: "GET",
      path: "/admin/v1/resources/{resource}",
      scope: .read,
      summary: "Show an API. In the path, its identifier is percent-encoded.",
      outcome: .shown(.resource)
    ) { request in
      let definition = try await request.administration.resource(request.part("resource"))
      return .shown(ResourceRepresentation(definition), version: definition.version)
    },
    AdminOperation(
      name: "updateResource",
      method: "PATCH",
      path: "/admin/v1/resources/{resource}",
      scope: .write,
      summary: "Change an API. What is not given stays.",
      body: properties(isDescriptionRequired: false),
      precondition: .version,
      outcome: .shown(.resource)
    ) { request in
      let resource = try Resource(existing: request.part("resource"))
      try request.checkIsOrdinary(resource)
      var update = ResourceUpdate()
      let body = request.body
      update.description = try body.text("description").map { text throws(AdministrationError) in
        try DisplayName(text, of: .description)
      }
      if body.has("token_format") {
        update.tokenFormat = .some(body.text("token_format").flatMap(TokenFormat.init(rawValue:)))
      }
      if body.has("signing_algorithm") {
        update.signingAlgorithm = .some(body.text("signing_algorithm").flatMap { SigningAlgorithm($0) })
      }
      update.jwtType = body.text("jwt_type").flatMap(JWTType.init(rawValue:))
      update.ifVersion = request.version
      let definition = try await request.administration.updateResource(resource, update)
      return .shown(ResourceRepresentation(definition), version: definition.version)
    },
    AdminOperation(
      name: "retireResource",
      method: "POST",
      path: "/admin/v1/resources/{resource}/retire",
      scope: .write,
      summary: "Make no more tokens for an API.",
      body: [
        AdminField(
          "revoke_tokens",
          .boolean,
          "Whether all tokens of clients that may ask for it are revoked, too"
        )
      ],
      precondition: .version,
      outcome: .shown(.resource)
    ) { request in
      let resource = try Resource(existing: request.part("resource"))
      try request.checkIsOrdinary(resource)
      try await request.administration.retireResource(
        resource,
        revokingTokens: request.body.isTrue("revoke_tokens"),
        ifVersion: request.version
      )
      let definition = try await request.administration.resource(resource.uri)
      return .shown(ResourceRepresentation(definition), version: definition.version)
    },
  ]

  private static let creation: [AdminField] = {
    let resource = AdminField(
      "resource",
      .text,
      required: true,
      "Its identifier",
      of: AdminSchema.resourceID
    )
    return [resource] + properties(isDescriptionRequired: true)
  }()

  private static func properties(isDescriptionRequired: Bool) -> [AdminField] {
    [
      AdminField(
        "description",
        .text,
        required: isDescriptionRequired,
        "What it is, for people",
        of: AdminSchema.name
      ),
      AdminField(
        "token_format",
        .nullable(.choice(TokenFormat.allCases.map(\.rawValue))),
        "The only format of tokens that it takes; null for that of the client"
      ),
      AdminField(
        "signing_algorithm",
        .nullable(.choice(SigningAlgorithm.ofTokens.map(\.name))),
        "The algorithm that signs JWTs for it; null for ES256"
      ),
      AdminField("jwt_type", .choice(JWTType.allCases.map(\.rawValue)), "The typ of JWTs for it"),
    ]
  }
}
