/// What every store must do.
///
/// A test runs the rules one by one, each on a new store:
///
/// ```swift
/// @Test(arguments: StoreConformance.rules) func keeps(_ rule: StoreRule) async throws {
///   try await rule.check(MyStore())
/// }
/// ```
package enum StoreConformance {
  /// All rules.
  package static let rules =
    clientRules + clientChangeRules + clientDeletionRules + clientListRules + nameRules + secretRules
    + scopeRules + resourceRules + keyRules + tokenRevocationRules + revocationRules + revocationLimitRules
    + clientNotBeforeRules + auditRules + changeRules + serverStateRules + transactionRules
    + concurrencyRules
}
