import GRDB
package import TesseraCore
package import TesseraJOSE

extension SQLiteStore {
  package func nextSecretExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await read { database in
      try database.row(
        "SELECT min(expires_at) AS expires_at FROM client_secrets WHERE expires_at > \(time.milliseconds)"
      )?.optionalTime("expires_at")
    }
  }
}
