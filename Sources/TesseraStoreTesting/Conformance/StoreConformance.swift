/// What every store must do.
///
/// A test runs the rules one by one, each on a new store, which a rule may open more than once:
///
/// ```swift
/// @Test(arguments: StoreConformance.rules) func keeps(_ rule: StoreRule) async throws {
///   let url = anEmptyDatabase()
///   try await rule.check { try await MyStore.open(url) }
/// }
/// ```
package enum StoreConformance {
  /// All rules.
  package static let rules =
    clientRules + clientChangeRules + clientDeletionRules + clientListRules + nameRules + secretRules
    + scopeRules + resourceRules + keyRules + tokenRevocationRules + revocationRules + revocationLimitRules
    + clientNotBeforeRules + auditRules + changeRules + serverStateRules + transactionRules
    + concurrencyRules + twoHandleRules
}
