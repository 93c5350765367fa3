import TesseraSupport

/// What the token of an operator allows at the management API, by the scope that says so.
package enum OperatorScope: String, Sendable, CaseIterable {
  /// To look at everything but secrets, which nobody can.
  case read = "tessera:read"
  /// To change clients, scopes and resources, and to revoke tokens.
  case write = "tessera:write"
  /// To make and to revoke secrets.
  case secrets = "tessera:secrets"
  /// To rotate keys, and to revoke every token there is.
  case keys = "tessera:keys"

  /// As it stands in tokens and registrations.
  package var scope: Scope {
    guard let scope = Scope(rawValue) else { preconditionFailure("\(rawValue) is a scope") }
    return scope
  }

  /// What it is for, to people.
  package var purpose: String {
    switch self {
    case .read: "Look at clients, scopes, resources, keys, revocations and the audit log"
    case .write: "Change clients, scopes and resources, and revoke tokens"
    case .secrets: "Make and revoke the secrets of clients"
    case .keys: "Rotate keys, and revoke every token"
    }
  }
}

/// What an operator may do.
package enum OperatorRole: String, Sendable, CaseIterable {
  case viewer
  case editor
  case admin

  package var scopes: [OperatorScope] {
    switch self {
    case .viewer: [.read]
    case .editor: [.read, .write, .secrets]
    case .admin: OperatorScope.allCases
    }
  }
}

extension Administration {
  /// The identifier of the management API, which the tokens of operators are for.
  package static let managementResource = "urn:tessera:admin"

  /// Registers a client for an operator, or for a program that administers, and returns it with its secret.
  ///
  /// The management API and its scopes are registered where they are not.
  package func createOperator(
    named name: DisplayName,
    role: OperatorRole,
    secretLifetime: SecretLifetime? = nil
  ) async throws(AdministrationError) -> (client: Client, secret: ClientSecret?) {
    let resource = try Resource(existing: Administration.managementResource)
    if try await !resources().contains(where: { $0.resource == resource }) {
      _ = try await createResource(
        resource,
        description: DisplayName("The management API of this server", of: .description)
      )
    }
    let known = try await scopes()
    for scope in OperatorScope.allCases where !known.contains(where: { $0.scope == scope.scope }) {
      _ = try await createScope(
        scope.scope,
        description: DisplayName(scope.purpose, of: .description),
        resource: resource
      )
    }
    var registration = ClientRegistration(name: name, scopes: role.scopes.map(\.scope))
    registration.secretLifetime = secretLifetime
    return try await registerClient(registration)
  }
}
