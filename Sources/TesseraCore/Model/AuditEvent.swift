package import TesseraJOSE

/// What was done, by whom, to what.
///
/// Never a secret, a token or a key.
package struct AuditEvent: Sendable, Equatable {
  /// The kinds of mutation there are.
  package enum Action: String, Sendable, CaseIterable {
    case serverInitialised = "server.initialised"
    case clientCreated = "client.created"
    case clientUpdated = "client.updated"
    case clientDisabled = "client.disabled"
    case clientEnabled = "client.enabled"
    case clientDeleted = "client.deleted"
    case clientSecretAdded = "client.secret.added"
    case clientSecretRevoked = "client.secret.revoked"
    case clientKeyAdded = "client.key.added"
    case clientKeyRemoved = "client.key.removed"
    case clientTrustAdded = "client.trust.added"
    case clientTrustRemoved = "client.trust.removed"
    case scopeCreated = "scope.created"
    case scopeUpdated = "scope.updated"
    case scopeRetired = "scope.retired"
    case resourceCreated = "resource.created"
    case resourceUpdated = "resource.updated"
    case resourceRetired = "resource.retired"
    case keyRotated = "key.rotated"
    case keyActivated = "key.activated"
    case keyRemoved = "key.removed"
    case tokenRevoked = "token.revoked"
    case clientTokensRevoked = "client.tokens.revoked"
    case allTokensRevoked = "server.tokens.revoked"
    case masterKeyChanged = "server.master-key.changed"
    case serverRestored = "server.restored"
  }

  /// When it was done.
  package let time: Timestamp
  /// Who did it, such as `cli:alice`.
  package let actor: String
  /// Where it was asked for from; nil for this machine.
  package let address: String?
  /// What was done.
  package let action: Action
  /// The identifier of what it was done to.
  package let subject: String
  /// Particulars by name.
  package let details: [String: String]

  package init(
    time: Timestamp,
    actor: String,
    address: String? = nil,
    action: Action,
    subject: String,
    details: [String: String] = [:]
  ) {
    self.time = time
    self.actor = actor
    self.address = address
    self.action = action
    self.subject = subject
    self.details = details
  }
}

extension AuditEvent {
  /// The name that the client it tells of has after it, or had until it; nil when it does not say.
  package var clientName: String? {
    AuditEvent.actionsWithClientName.contains(action) ? details["name"] : nil
  }

  /// The actions that say the name of a client.
  package static let actionsWithClientName: [Action] = [.clientCreated, .clientUpdated, .clientDeleted]
}
