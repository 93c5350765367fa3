import TesseraCore
import TesseraSupport

extension AdminOperation {
  /// How many clients are taken over by one request, for whose secrets it can take a tenth of a second each.
  private static let importedAtOnce = 5000

  /// What is taken over from elsewhere.
  static let imports: [AdminOperation] = [
    AdminOperation(
      name: "importClients",
      method: "POST",
      path: "/admin/v1/import",
      scope: .write,
      summary: """
        Take over clients from another service, with their IDs and secrets. Each is written by itself: where this ends early, \
        the same request goes on where it stopped.
        """,
      body: [
        AdminField(
          "source",
          .choice(ImportSource.allCases.map(\.rawValue)),
          required: true,
          "Where they come from"
        ),
        AdminField("file", .text, required: true, "What that service has exported, as docs/moving.md says"),
        AdminField(
          "client_grants",
          .text,
          "The client grants of Auth0, where they are in a file of their own"
        ),
        AdminField(
          "scopes",
          .texts,
          "Scopes that each client gets besides its own",
          of: AdminSchema.scopeName
        ),
        AdminField(
          "resource_of_new_scopes",
          .text,
          "The API that scopes are created for which there are none of; none is created unless it is given",
          of: AdminSchema.resourceID
        ),
        AdminField(
          "token_format",
          .choice(TokenFormat.allCases.map(\.rawValue)),
          "The format of their tokens"
        ),
        AdminField("dry_run", .boolean, "Whether nothing is changed, and only said what would be done"),
      ],
      maximumBodySize: AdminAPI.maximumFileSize,
      outcome: .shown(.importReport)
    ) { request in
      let settings = try request.importSettings()
      guard let source = ImportSource(rawValue: settings.source) else { throw AdminProblem.unexpected }
      let body = request.body
      let found = try request.node.readImport(source, body.text("file") ?? "", body.text("client_grants"))
      guard found.count <= AdminOperation.importedAtOnce else {
        throw AdminProblem.unprocessable(
          "the file has \(found.count) clients, and at most \(AdminOperation.importedAtOnce) are taken over by one request: "
            + "split it, or import it on the machine of the server",
          field: "file"
        )
      }
      // A client with the scopes of an operator is one.
      let scopes = Set(found.flatMap(\.scopes).compactMap { Scope($0) } + settings.addedScopes)
      try request.caller.check(scopes)
      let report = try await request.administration.importClients(found, settings)
      return .shown(ImportRepresentation(report, isDryRun: settings.isDryRun))
    }
  ]
}

extension AdminRequest {
  fileprivate func importSettings() throws -> ClientImport {
    var settings = ClientImport(from: body.text("source") ?? "")
    settings.addedScopes = try [Scope](names: body.texts("scopes") ?? [], of: .scopes)
    settings.resourceOfNewScopes = try body.text("resource_of_new_scopes").map { uri in
      try Resource(existing: uri)
    }
    if let resource = settings.resourceOfNewScopes { try checkIsOrdinary(resource) }
    settings.tokenFormat = body.text("token_format").flatMap(TokenFormat.init(rawValue:)) ?? .opaque
    settings.isDryRun = body.isTrue("dry_run")
    return settings
  }
}
