import TesseraCore
import TesseraJOSE
import TesseraSupport

extension AdminOperation {
  /// What can be done with the secrets of clients.
  static let secrets: [AdminOperation] = [
    AdminOperation(
      name: "listSecrets",
      method: "GET",
      path: "/admin/v1/clients/{client_id}/secrets",
      scope: .read,
      summary:
        "List the secrets of a client: what they are called, when they expire, and when each was used last.",
      outcome: .listed(.usedSecret)
    ) { request in
      let secrets = try await request.administration.secrets(of: request.client())
      return .listed(secrets.map { UsedSecretRepresentation($0.secret, $0.use, at: request.now) })
    },
    AdminOperation(
      name: "addSecret",
      method: "POST",
      path: "/admin/v1/clients/{client_id}/secrets",
      scope: .secrets,
      summary: "Give a client one more secret. The answer has it, this once.",
      body: [
        AdminField(
          "secret",
          .text,
          required: true,
          "What it is called, unique within the client",
          of: AdminSchema.name
        ),
        AdminField(
          "client_secret",
          .text,
          "An existing secret to keep; a new one unless it is given",
          of: AdminSchema.clientSecret
        ),
        AdminField(
          "client_secret_expires_in_days",
          .integer,
          "When it expires; never unless it is given",
          of: AdminSchema.secretLifetime
        ),
      ],
      outcome: .created(.newSecret)
    ) { request in
      let client = try await request.clientToChange()
      let name = try DisplayName(request.body.text("secret") ?? "", of: .secretName)
      let imported = try request.importedSecret()
      let made: (stored: StoredSecret, secret: ClientSecret)
      if let before = try await request.secretMadeBefore(named: name, of: client, imported) {
        made = before
      } else {
        made = try await request.repeatable.addSecret(
          to: client.id,
          named: name,
          imported: imported,
          lifetime: request.secretLifetime()
        )
      }
      return .created(
        NewSecretRepresentation(.shown(made.secret), made.stored, of: client.id),
        at: "/admin/v1/clients/\(client.id.rawValue.pathSegment)/secrets/\(made.stored.name.pathSegment)"
      )
    },
    AdminOperation(
      name: "revokeSecret",
      method: "DELETE",
      path: "/admin/v1/clients/{client_id}/secrets/{secret}",
      scope: .secrets,
      summary: "Make a secret of a client stop working at once. One that was used within a day needs force.",
      query: [
        AdminField("revoke_tokens", .boolean, "Whether all tokens that the client has are revoked, too"),
        AdminField("force", .boolean, "Whether it is revoked even if it was used within a day"),
      ],
      outcome: .done
    ) { request in
      let client = try await request.clientToChange()
      let secret = try request.administration.secret(named: request.part("secret"), of: client)
      if !request.query.isTrue("force") {
        let use = try await request.administration.secrets(of: client).first { $0.secret == secret }?.use
        try request.checkIsNotInUse(use, "secret", "revokes")
      }
      try await request.administration.revokeSecret(
        named: secret.name,
        of: client.id,
        revokingTokens: request.query.isTrue("revoke_tokens")
      )
      return .done
    },
  ]
}

extension AdminRequest {
  /// The secret of this name that the same request made before; nil when it has not.
  fileprivate func secretMadeBefore(
    named name: DisplayName,
    of client: Client,
    _ imported: ClientSecret?
  ) async throws -> (stored: StoredSecret, secret: ClientSecret)? {
    guard isRepeated, let stored = client.secrets.first(where: { $0.name == name.text }) else { return nil }
    if let imported { return (stored, imported) }
    return try await repeatable.expectedSecret(hashedAs: stored).map { (stored: stored, secret: $0) }
  }
}
