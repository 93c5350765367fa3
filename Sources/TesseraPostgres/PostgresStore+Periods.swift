package import TesseraCore
package import TesseraJOSE

extension PostgresStore {
  package func removeClaims(expiredBefore time: Timestamp) async throws(StoreError) {
    try await write(for: .housekeeping) { connection throws(StoreError) in
      let present = ExpiryPeriods.claims.number(at: time)
      try connection.drop(before: present, of: .claims) { (_: String) throws(StoreError) in }
    }
  }

  package func makePeriods(from time: Timestamp) async throws(StoreError) {
    for table in [ExpiringTable.claims, .revocations] {
      try await write(for: .housekeeping) { connection throws(StoreError) in
        try connection.make(table.periods.numbers(from: time), of: table)
      }
    }
  }
}
