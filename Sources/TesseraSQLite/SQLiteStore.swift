import GRDB
import TesseraCore

/// The embedded store: one SQLite database file.
///
/// Writes queue up on one connection and are on the disk when they return. Reads run beside them, each on a
/// connection and a snapshot of its own. GRDB runs both on its own threads, never on the cooperative pool.
package struct SQLiteStore: Store {
  let pool: DatabasePool

  /// Reads from one snapshot of the database.
  func read<Value: Sendable>(
    _ body: @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await pool.read(body)
    } catch {
      throw StoreError(describing: error)
    }
  }

  /// Writes in one immediate transaction, so that what `body` reads stays true until it is committed.
  ///
  /// When `body` throws, nothing is written.
  func write<Value: Sendable>(
    _ body: @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await pool.write(body)
    } catch {
      throw StoreError(describing: error)
    }
  }
}
