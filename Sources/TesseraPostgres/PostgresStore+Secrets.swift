package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func nextSecretExpiry(after time: Timestamp) async throws(StoreError) -> Timestamp? {
    try await read { connection throws(StoreError) in
      try connection.run(
        "SELECT min(expires_at) AS expires_at FROM client_secrets WHERE expires_at > \(time.milliseconds)"
      )[0].optionalTime("expires_at")
    }
  }
}
