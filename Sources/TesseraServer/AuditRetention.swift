import TesseraCore

/// For how many days the audit log is kept; 0 for ever.
package struct AuditRetention: Sendable {
  /// Everything.
  package var days = 400
  /// That a single token was revoked, of which there can be thousands a day.
  package var revocationDays = 30

  /// For how many days the records of a chain are kept; nil for ever.
  func days(of chain: AuditChain) -> Int? {
    (chain == .revocations ? [days, revocationDays] : [days]).filter { $0 > 0 }.min()
  }
}
