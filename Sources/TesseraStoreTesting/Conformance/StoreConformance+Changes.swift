import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let changeRules = [
    StoreRule("An empty store has no change", emptyStoreHasNoChange),
    StoreRule("Changes come in order, and the last is the latest", changesAreInOrder),
    StoreRule("Changes are limited and paged by sequence number", changesArePaged),
    StoreRule("Changes made before a time are removed, not those made at it", changesAreRemovedBeforeTime),
    StoreRule("No more changes are removed at once than asked for", changesAreRemovedInSteps),
    StoreRule("The newest change stays, and the next has a greater number", newestChangeStays),
  ]

  /// Adds a scope at each of these times, in milliseconds after the sample time.
  private static func change(_ store: any Store, at deltas: Int64...) async throws {
    let count = try await store.scopes().count
    for (index, delta) in deltas.enumerated() {
      let event = Sample.event(at: Sample.time.advanced(byMilliseconds: delta))
      try await store.insertScope(try Sample.definition("scope-\(count + index)"), audit: event)
    }
  }

  private static func emptyStoreHasNoChange(_ store: any Store) async throws {
    #expect(try await store.latestChange() == 0)
    #expect(try await store.changes(after: 0, limit: 9) == [])
    #expect(try await store.removeChanges(madeBefore: Timestamp(milliseconds: .max), limit: 9) == 0)
  }

  private static func changesAreInOrder(_ store: any Store) async throws {
    try await change(store, at: 0, 0, 0)
    let sequences = try await store.changes(after: 0, limit: 9).map(\.sequence)
    #expect(sequences.count == 3)
    #expect(zip([0] + sequences, sequences).allSatisfy { $0 < $1 })
    #expect(try await store.latestChange() == sequences.last)
  }

  private static func changesArePaged(_ store: any Store) async throws {
    try await change(store, at: 0, 0, 0, 0, 0)
    let all = try await store.changes(after: 0, limit: 9)
    let first = try await store.changes(after: 0, limit: 2)
    #expect(first == Array(all[..<2]))
    #expect(try await store.changes(after: first[1].sequence, limit: 2) == Array(all[2..<4]))
    #expect(try await store.changes(after: all[3].sequence, limit: 2) == Array(all[4...]))
    #expect(try await store.changes(after: all[4].sequence, limit: 2) == [])
    #expect(try await store.changes(after: 0, limit: 0) == [])
  }

  private static func changesAreRemovedBeforeTime(_ store: any Store) async throws {
    try await change(store, at: -1, 0, 1, 1)
    let all = try await store.changes(after: 0, limit: 9)
    let audit = try await StoreContents(of: store).audit
    #expect(try await store.removeChanges(madeBefore: Sample.time, limit: 9) == 1)
    #expect(try await store.changes(after: 0, limit: 9) == Array(all[1...]))
    #expect(try await store.removeChanges(madeBefore: Sample.time, limit: 9) == 0)
    #expect(try await StoreContents(of: store).audit == audit)
  }

  private static func changesAreRemovedInSteps(_ store: any Store) async throws {
    try await change(store, at: 0, 0, 0, 0)
    let later = Sample.time.advanced(byMilliseconds: 1)
    #expect(try await store.removeChanges(madeBefore: later, limit: 0) == 0)
    #expect(try await store.removeChanges(madeBefore: later, limit: 2) == 2)
    #expect(try await store.changes(after: 0, limit: 9).count == 2)
    #expect(try await store.removeChanges(madeBefore: later, limit: 2) == 1, "the newest stays")
  }

  private static func newestChangeStays(_ store: any Store) async throws {
    try await change(store, at: 1, 0, -1)
    let newest = try #require(try await store.changes(after: 0, limit: 9).last)
    #expect(try await store.removeChanges(madeBefore: Timestamp(milliseconds: .max), limit: 9) == 2)
    #expect(try await store.changes(after: 0, limit: 9) == [newest])
    #expect(try await store.removeChanges(madeBefore: Timestamp(milliseconds: .max), limit: 9) == 0)
    #expect(try await store.latestChange() == newest.sequence)
    try await change(store, at: 0)
    #expect(try await store.latestChange() > newest.sequence)
  }
}
