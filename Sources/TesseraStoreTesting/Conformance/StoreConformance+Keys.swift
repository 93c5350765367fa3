import TesseraCore
import Testing

extension StoreConformance {
  static let keyRules = [
    StoreRule("Every field of a key comes back as it was", keyComesBackWhole),
    StoreRule("Keys are listed by number, over the whole range", keysAreInOrder),
    StoreRule("A key whose number is taken is a conflict", takenKeyNumberIsConflict),
  ]

  private static func keyComesBackWhole(_ store: any Store) async throws {
    #expect(try await store.keys() == [])
    let key = WrappedKey(
      number: 7,
      wrapped: Array(0...255),
      createdAt: Timestamp(milliseconds: -1),
      activatesAt: Timestamp(milliseconds: .max)
    )
    try await store.insertKey(key, audit: Sample.event())
    #expect(try await store.keys() == [key])
  }

  private static func keysAreInOrder(_ store: any Store) async throws {
    let sorted = [0, 1, 2, 10, 255, 256, .max].map { Sample.key($0) }
    for key in sorted.shuffled() { try await store.insertKey(key, audit: Sample.event()) }
    #expect(try await store.keys() == sorted)
  }

  private static func takenKeyNumberIsConflict(_ store: any Store) async throws {
    try await store.insertKey(Sample.key(1, byte: 1), audit: Sample.event())
    #expect(
      try await failure {
        try await store.insertKey(Sample.key(1, byte: 2), audit: Sample.event())
      } == .conflict
    )
    #expect(try await store.keys() == [Sample.key(1, byte: 1)])
    try await store.insertKey(Sample.key(2), audit: Sample.event())
  }
}
