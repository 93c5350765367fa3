import Testing

@testable import TesseraSQLite

@Suite("Waiting for a lock")
struct LockWaitTests {
  @Test("What is locked at first is tried again until it is not")
  func trying() throws {
    var count = 0
    let result = try LockWait.retry(forSeconds: 60) { () throws(SQLiteStoreError) in
      count += 1
      if count < 3 { throw SQLiteStoreError(.locked, path: "") }
      return count
    }
    #expect(result == 3)
  }

  @Test("What stays locked is given up when the time is over, and not before")
  func givingUp() {
    let start = ContinuousClock.now
    #expect(throws: SQLiteStoreError(.locked, path: "")) {
      try LockWait.retry(forSeconds: 0.05) { () throws(SQLiteStoreError) in
        throw SQLiteStoreError(.locked, path: "")
      }
    }
    #expect(ContinuousClock.now - start >= .seconds(0.05))
  }

  @Test("Any other failure is not tried again")
  func otherFailure() {
    var count = 0
    #expect(throws: SQLiteStoreError(.damaged, path: "")) {
      try LockWait.retry(forSeconds: 60) { () throws(SQLiteStoreError) in
        count += 1
        throw SQLiteStoreError(.damaged, path: "")
      }
    }
    #expect(count == 1)
  }
}
