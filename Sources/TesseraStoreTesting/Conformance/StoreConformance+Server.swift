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
    StoreRule("A key that another master key has wrapped is a conflict", foreignKeyIsConflict),
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

  private static func foreignKeyIsConflict(_ store: any Store) async throws {
    let (ours, other) = (try Sample.masterKey(1), try Sample.masterKey(2))
    let state = ServerState(masterKeyCheck: ours.checkValue, initialisedAt: Sample.time)
    let initial = InitialState(serverState: state, resources: [], scopes: [], keys: [])
    #expect(try await store.initialise(initial, audit: Sample.event(.serverInitialised)))
    func add(_ number: UInt16, by masterKey: MasterKey) async throws -> StoreErrorKind? {
      try await failure {
        let change = KeyChange(.add(Sample.key(number)), wrappedBy: masterKey, audit: Sample.event())
        try await store.changeKeys([change])
      }
    }
    #expect(try await add(1, by: other) == .conflict)
    #expect(try await store.keys() == [])
    #expect(try await add(1, by: ours) == nil)
    #expect(try await store.keys() == [Sample.key(1)])
  }
}

extension StoreConformance {
  static let serverStateRules = [
    StoreRule("A new store is not initialised", newStoreIsNotInitialised),
    StoreRule(
      "Initialising writes the state, the resources, the scopes and the keys",
      initialisingWritesEverything
    ),
    StoreRule("Every field of the server state comes back as it was", serverStateComesBackWhole),
    StoreRule("All that the master key protects is protected by another, or none of it", keysAreRewrapped),
    StoreRule("Initialising again is false and writes nothing", initialisingAgainWritesNothing),
    StoreRule("The server's not-before is set, and never goes back", notBeforeNeverGoesBack),
    StoreRule("The server's not-before goes back when it is reset", notBeforeIsReset),
    StoreRule("Initialising with a scope that is taken is a conflict and writes nothing", takenInitialScope),
  ]

  private static func newStoreIsNotInitialised(_ store: any Store) async throws {
    #expect(try await store.serverState() == nil)
  }

  private static func initialisingWritesEverything(_ store: any Store) async throws {
    let initial = try Sample.initialState(scopes: "b", "a")
    #expect(try await store.initialise(initial, audit: Sample.event(.serverInitialised)))
    #expect(try await store.serverState() == initial.serverState)
    #expect(try await store.scopes() == [try Sample.definition("a"), try Sample.definition("b")])
    #expect(try await store.keys() == initial.keys)
    #expect(try await store.resources() == initial.resources)
  }

  private static func serverStateComesBackWhole(_ store: any Store) async throws {
    let state = ServerState(
      masterKeyCheck: Array(0...255),
      secretHashKey: [0, 255],
      tokensNotBefore: Timestamp(milliseconds: -1),
      initialisedAt: Timestamp(milliseconds: .max)
    )
    let initial = InitialState(serverState: state, resources: [], scopes: [], keys: [Sample.key(.max)])
    #expect(try await store.initialise(initial, audit: Sample.event(.serverInitialised)))
    #expect(try await store.serverState() == state)
    #expect(try await store.scopes() == [])
  }

  private static func keysAreRewrapped(_ store: any Store) async throws {
    let (old, new) = (try Sample.masterKey(1), try Sample.masterKey(2))
    func rewrap(_ from: MasterKey, isRefused: Bool = false) async throws -> StoreErrorKind? {
      try await failure {
        try await store.rewrapKeys(audit: Sample.event(.masterKeyChanged)) { protected throws(StoreError) in
          do throws(KeyUnwrappingError) {
            try protected.rewrap(from: from, to: new, using: .system)
          } catch {
            throw .invalid(error.description)
          }
          if isRefused { throw .conflict("refused") }
        }
      }
    }
    #expect(try await rewrap(old) == .notFound)
    let administration = Administration(store: store, masterKey: old, actor: "test")
    _ = try await administration.initialise()
    let before = try await StoreContents(of: store)
    #expect(try await rewrap(new) == .invalid)
    #expect(try await rewrap(old, isRefused: true) == .conflict)
    #expect(try await StoreContents(of: store) == before)
    #expect(try await rewrap(old) == nil)

    let state = try #require(try await store.serverState())
    #expect(state.isProtected(by: new) && !state.isProtected(by: old))
    #expect(state.initialisedAt == before.serverState?.initialisedAt)
    #expect(try state.secretHasher(by: new).digest("secret") == SecretHasher(masterKey: old).digest("secret"))
    let keys = try await store.keys()
    #expect(try KeyRing(keys, masterKey: new).publicKeys == KeyRing(before.keys, masterKey: old).publicKeys)
    #expect(keys.map(\.number) == before.keys.map(\.number))
    let after = try await StoreContents(of: store)
    #expect(after.audit.count == before.audit.count + 1)
    #expect(after.changes.dropFirst(before.changes.count).map(\.subject) == [.keys, .serverState])
    try await store.setTokensNotBefore(Sample.time, mayGoBack: false, audit: Sample.event())
    #expect(try await store.serverState()?.secretHashKey == state.secretHashKey)
  }

  private static func initialisingAgainWritesNothing(_ store: any Store) async throws {
    let first = try Sample.initialState(byte: 1, scopes: "a")
    #expect(try await store.initialise(first, audit: Sample.event(.serverInitialised)))
    let before = try await StoreContents(of: store)
    let second = try Sample.initialState(byte: 2, scopes: "b")
    #expect(try await store.initialise(second, audit: Sample.event(.serverInitialised)) == false)
    #expect(try await StoreContents(of: store) == before)
  }

  private static func notBeforeNeverGoesBack(_ store: any Store) async throws {
    #expect(
      try await failure {
        try await store.setTokensNotBefore(Sample.time, mayGoBack: false, audit: Sample.event())
      }
        == .notFound
    )
    _ = try await store.initialise(try Sample.initialState(), audit: Sample.event(.serverInitialised))
    let sequence = try await store.latestChange()
    for (set, expected) in [(2, 2), (1, 2), (3, 3)] as [(Int64, Int64)] {
      try await store.setTokensNotBefore(
        Timestamp(milliseconds: set),
        mayGoBack: false,
        audit: Sample.event()
      )
      #expect(try await store.serverState()?.tokensNotBefore == Timestamp(milliseconds: expected))
    }
    #expect(
      try await store.changes(after: sequence, limit: 9).map(\.subject) == [
        .serverState, .serverState, .serverState,
      ]
    )
  }

  private static func notBeforeIsReset(_ store: any Store) async throws {
    #expect(
      try await failure {
        try await store.setTokensNotBefore(Sample.time, mayGoBack: true, audit: Sample.event())
      }
        == .notFound
    )
    _ = try await store.initialise(try Sample.initialState(), audit: Sample.event(.serverInitialised))
    let sequence = try await store.latestChange()
    for time in [3, 2, 4] as [Int64] {
      try await store.setTokensNotBefore(
        Timestamp(milliseconds: time),
        mayGoBack: true,
        audit: Sample.event()
      )
      #expect(try await store.serverState()?.tokensNotBefore == Timestamp(milliseconds: time))
    }
    #expect(try await store.changes(after: sequence, limit: 9).count == 3)
  }

  private static func takenInitialScope(_ store: any Store) async throws {
    try await store.insertScope(try Sample.definition("a"), audit: Sample.event())
    let before = try await StoreContents(of: store)
    let initial = try Sample.initialState(scopes: "b", "a")
    #expect(
      try await failure {
        _ = try await store.initialise(initial, audit: Sample.event(.serverInitialised))
      } == .conflict
    )
    #expect(try await StoreContents(of: store) == before)
  }
}
