import TesseraJOSE

/// What came of a declaration that was applied, with the secrets that nobody can show again.
package struct AppliedDeclaration: Representation {
  package let plan: ShownPlan
  package let secrets: [DeclaredChanges.MadeSecret]

  package init(_ plan: DeclarationPlan, _ secrets: [DeclaredChanges.MadeSecret]) {
    self.plan = ShownPlan(plan, isDone: true)
    self.secrets = secrets
  }

  /// What a server has shown of it.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    plan = try ShownPlan(shown)
    secrets = try shown.elements("secrets").map { secret throws(UnreadableJSON) in
      DeclaredChanges.MadeSecret(
        clientID: try secret.value("client_id") { ClientID($0) },
        name: try secret.text("name"),
        secret: try secret.value("client_secret") { ClientSecret(imported: $0) }
      )
    }
  }

  package var json: JSONValue {
    let secrets = secrets.map { secret in
      JSONValue.object([
        .init("client_id", .string(secret.clientID.rawValue)), .init("name", .string(secret.name)),
        .init("client_secret", .string(secret.secret.exposed)),
      ])
    }
    return .object(plan.members + [.init("secrets", .array(secrets))])
  }
}
