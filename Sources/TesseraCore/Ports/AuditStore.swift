/// Where what was done is kept for people to read.
///
/// Rows are only ever added, by the mutations themselves.
package protocol AuditStore: Sendable {
  /// At most `limit` records, the newest first: those before the one numbered `before` when it is given, and
  /// only those about `subject` when it is given.
  func auditRecords(before: Int64?, subject: String?, limit: Int) async throws(StoreError) -> [AuditRecord]

  /// The clients of which it is recorded that they had this name, see `AuditEvent.clientName`, each once, the one
  /// recorded last first. They may be gone, or have another name by now.
  func recordedClients(named name: String) async throws(StoreError) -> [ClientID]
}
