/// Changes of several things that are made together, all or none.
///
/// Each says what it was decided by. Where that is no longer what the store has, the whole set is refused, so nobody's work
/// is overwritten.
package struct ChangeSet: Sendable {
  /// What is done to one thing.
  package enum Change: Sendable, Equatable {
    case addResource(ResourceDefinition)
    case changeResource(from: ResourceDefinition, to: ResourceDefinition)
    case addScope(ScopeDefinition)
    case changeScope(from: ScopeDefinition, to: ScopeDefinition)
    case addClient(Client)
    case changeClient(from: Client, to: Client)
    case removeClient(Client)
  }

  /// A change with the event that tells of it.
  package struct Item: Sendable, Equatable {
    package let change: Change
    package let audit: AuditEvent

    package init(_ change: Change, audit: AuditEvent) {
      self.change = change
      self.audit = audit
    }
  }

  /// All scopes, which the whole was decided by.
  package let scopes: [ScopeDefinition]
  /// All resources, which the whole was decided by.
  package let resources: [ResourceDefinition]
  /// The keys that resources need which are added or changed.
  package let keys: [KeyChange]
  /// What is done, in this order. A thing may be changed more than once.
  package let items: [Item]

  package init(
    basedOn scopes: [ScopeDefinition],
    _ resources: [ResourceDefinition],
    keys: [KeyChange] = [],
    items: [Item]
  ) {
    self.scopes = scopes
    self.resources = resources
    self.keys = keys
    self.items = items
  }
}
