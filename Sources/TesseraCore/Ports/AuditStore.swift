package import TesseraJOSE

/// Where what was done is kept for people to read.
///
/// Rows are only ever added, by the mutations themselves, and removed when they are old.
package protocol AuditStore: Sendable {
  /// At most `limit` records, the newest first: those before the one numbered `before` when it is given, and
  /// only those about `subject` when it is given.
  func auditRecords(before: Int64?, subject: String?, limit: Int) async throws(StoreError) -> [AuditRecord]

  /// The clients of which it is recorded that they had this name, see `AuditEvent.clientName`, each once, the one
  /// recorded last first. They may be gone, or have another name by now.
  func recordedClients(named name: String) async throws(StoreError) -> [ClientID]

  /// Forgets at most `limit` of the records from before this time and returns how many they were: of one action, or
  /// of all when it is nil. The newest record always stays.
  @discardableResult
  func removeAuditRecords(
    madeBefore time: Timestamp,
    action: AuditEvent.Action?,
    limit: Int
  ) async throws(StoreError) -> Int
}
