import GRDB

extension Migrations {
  /// Clients that were disabled before disabling took their tokens back: nothing that they had comes back either.
  ///
  /// A disabled client got no token since it was changed last.
  @Sendable
  static func revokeTokensOfDisabledClients(_ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE clients SET tokens_not_before = max(coalesce(tokens_not_before, 0), updated_at + 1)
        WHERE enabled = 0
        """
    )
  }
}
