import GRDB

/// The steps that bring a database to the present schema, in order.
///
/// A step that was released is never changed: a new one is added.
enum Migrations {
  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("0001-initial", foreignKeyChecks: .immediate, migrate: createInitialSchema)
    migrator.registerMigration(
      "0002-introspection",
      foreignKeyChecks: .immediate,
      migrate: addIntrospectedResources
    )
    migrator.registerMigration("0003-standard", foreignKeyChecks: .immediate, migrate: addStandardEndpoints)
    migrator.registerMigration("0004-jwt-type", foreignKeyChecks: .immediate, migrate: addJWTType)
    migrator.registerMigration(
      "0005-revocations-by-client",
      foreignKeyChecks: .immediate,
      migrate: addRevocationsByClient
    )
    migrator.registerMigration(
      "0006-disabled-clients",
      foreignKeyChecks: .immediate,
      migrate: revokeTokensOfDisabledClients
    )
    migrator.registerMigration("0007-name-keys", foreignKeyChecks: .immediate, migrate: addNameKeys)
    migrator.registerMigration("0008-versions", foreignKeyChecks: .immediate, migrate: addVersions)
    migrator.registerMigration("0009-claims", foreignKeyChecks: .immediate, migrate: addClaims)
    migrator.registerMigration(
      "0010-uses-and-turns",
      foreignKeyChecks: .immediate,
      migrate: addUsesAndTurns
    )
    migrator.registerMigration("0011-hash-key", foreignKeyChecks: .immediate, migrate: addSecretHashKey)
    migrator.registerMigration("0012-audit-chain", foreignKeyChecks: .immediate, migrate: addAuditChain)
    migrator.registerMigration("0013-secret-uses", foreignKeyChecks: .immediate, migrate: addSecretUses)
    migrator.registerMigration(
      "0014-client-properties",
      foreignKeyChecks: .immediate,
      migrate: addClientProperties
    )
    migrator.registerMigration("0015-task-records", foreignKeyChecks: .immediate, migrate: addTaskRecords)
    migrator.registerMigration("0016-client-usage", foreignKeyChecks: .immediate, migrate: addClientUsage)
    migrator.registerMigration("0017-key-metadata", foreignKeyChecks: .immediate, migrate: addKeyMetadata)
    return migrator
  }()

  /// Runs the steps that were not run yet.
  ///
  /// Another process may be doing the same. Of two, the second fails at a step that the first has just done,
  /// looks again and goes on from there.
  static func run(on pool: DatabasePool) throws {
    var known = try pool.read(migrator.appliedIdentifiers)
    while true {
      do {
        return try migrator.migrate(pool)
      } catch {
        let applied = try pool.read(migrator.appliedIdentifiers)
        guard applied.count > known.count else { throw error }
        known = applied
      }
    }
  }
}
