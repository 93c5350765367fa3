import TesseraCore
import TesseraJOSE
import Testing

extension StoreConformance {
  static let keyRules = [
    StoreRule("Every field of a key comes back as it was", keyComesBackWhole),
    StoreRule("Keys are listed by number, over the whole range", keysAreInOrder),
    StoreRule("Every use of a key comes back as it was", everyUseComesBack),
    StoreRule("A key's activation is moved when it is still the one expected", activationIsMoved),
    StoreRule("A removed key is gone, and no other", removedKeyIsGone),
    StoreRule("A key whose number is taken is a conflict", takenKeyNumberIsConflict),
  ]

  private static func keyComesBackWhole(_ store: any Store) async throws {
    #expect(try await store.keys() == [])
    let key = WrappedKey(
      number: 7,
      use: .signing(.mlDSA65),
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

  private static func everyUseComesBack(_ store: any Store) async throws {
    let keys = KeyUse.all.enumerated().map { Sample.key(UInt16($0 + 1), use: $1) }
    for key in keys { try await store.insertKey(key, audit: Sample.event()) }
    #expect(try await store.keys() == keys)
  }

  private static func activationIsMoved(_ store: any Store) async throws {
    var key = Sample.key(1)
    let other = Sample.key(2)
    for key in [key, other] { try await store.insertKey(key, audit: Sample.event()) }
    let time = Timestamp(milliseconds: 42)
    func move(_ number: UInt16, from expected: Timestamp) async throws -> StoreErrorKind? {
      try await failure {
        try await store.moveKeyActivation(number, from: expected, to: time, audit: Sample.event())
      }
    }
    #expect(try await move(3, from: key.activatesAt) == .notFound)
    #expect(try await move(1, from: time) == .conflict)
    #expect(try await store.keys() == [key, other])
    #expect(try await move(1, from: key.activatesAt) == nil)
    key.activatesAt = time
    #expect(try await store.keys() == [key, other])
  }

  private static func removedKeyIsGone(_ store: any Store) async throws {
    let keys = [Sample.key(1), Sample.key(2)]
    for key in keys { try await store.insertKey(key, audit: Sample.event()) }
    try await store.removeKey(1, audit: Sample.event())
    #expect(try await store.keys() == [keys[1]])
    #expect(try await failure { try await store.removeKey(1, audit: Sample.event()) } == .notFound)
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
