/// For how many days the audit log is kept; 0 for ever.
package struct AuditRetention: Sendable {
  /// Everything.
  package var days = 400
  /// That a single token was revoked, of which there can be thousands a day.
  package var revocationDays = 30
}
