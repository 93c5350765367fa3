import TesseraCore
import TesseraJOSE
import Testing

/// What is kept of what one process does for all.
extension StoreConformance {
  static let taskRecordRules = [
    StoreRule("What is kept of a task comes back as it was, and is that of no other", taskRecordComesBack),
    StoreRule("A record takes the place of the one before it, and of no other", taskRecordTakesItsPlace),
    StoreRule("Of many that replace a record at once, one does", oneReplacesTheRecord),
    StoreRule("Keeping something of a task tells nobody", taskRecordTellsNobody),
    StoreRule("What one process keeps of a task another finds", ofTwo: taskRecordIsShared),
  ]

  private static func record(_ version: Int64, _ state: String = "") -> TaskRecord {
    TaskRecord(task: "task", version: version, state: state)
  }

  private static func taskRecordComesBack(_ store: any Store) async throws {
    #expect(try await store.taskRecord(of: "task") == nil)
    let state = #"{"größe": "Bücher \"📚\" \\ / 'o"}"# + String(repeating: "x", count: 70_000)
    #expect(try await store.setTaskRecord(record(1, state)))
    #expect(try await store.taskRecord(of: "task") == record(1, state))
    #expect(try await store.taskRecord(of: "Task") == nil)
    #expect(try await store.setTaskRecord(TaskRecord(task: "Task", version: 1, state: "other")))
    #expect(try await store.taskRecord(of: "task") == record(1, state))
  }

  private static func taskRecordTakesItsPlace(_ store: any Store) async throws {
    for version: Int64 in [2, 0, 7, .max] {
      #expect(try await !store.setTaskRecord(record(version)), "there is none to replace")
    }
    #expect(try await store.setTaskRecord(record(1, "first")))
    for version: Int64 in [1, 3, 0, -1] {
      #expect(try await !store.setTaskRecord(record(version, "other")))
    }
    #expect(try await store.taskRecord(of: "task") == record(1, "first"))
    #expect(try await store.setTaskRecord(record(2, "second")))
    #expect(try await store.taskRecord(of: "task") == record(2, "second"))
  }

  private static func oneReplacesTheRecord(_ store: any Store) async throws {
    for version: Int64 in [1, 2] {
      let done = try await concurrently(20) { index in
        try await store.setTaskRecord(record(version, "\(index)"))
      }
      #expect(done.count { $0 } == 1)
      #expect(try await store.taskRecord(of: "task")?.version == version)
    }
  }

  private static func taskRecordTellsNobody(_ store: any Store) async throws {
    try await store.insertClient(try Sample.client("a"), audit: Sample.event())
    let before = try await StoreContents(of: store)
    #expect(try await store.setTaskRecord(record(1)))
    #expect(try await store.setTaskRecord(record(2)))
    #expect(try await StoreContents(of: store) == before)
  }

  private static func taskRecordIsShared(_ first: any Store, _ second: any Store) async throws {
    #expect(try await first.setTaskRecord(record(1, "first")))
    #expect(try await second.taskRecord(of: "task") == record(1, "first"))
    #expect(try await second.setTaskRecord(record(2, "second")))
    #expect(try await !first.setTaskRecord(record(2, "late")))
  }
}
