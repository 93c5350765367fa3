/// Everything that is remembered, as a composition of narrow ports.
///
/// Each mutation takes the audit event that tells of it, and commits the data, the audit row and the change
/// row in one transaction: after a failure nothing of it is there.
package protocol Store: ClientStore, ScopeStore, ResourceStore, KeyStore, RevocationStore, AuditStore,
  ChangeSource,
  ServerStateStore
{}
