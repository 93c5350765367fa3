import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

@Suite struct SealedAccessTokenTests {
  /// Made by another implementation of RFC 8452 and RFC 4648, Python's `cryptography`, from `grant` below, the key
  /// 00…1f with number 7, the nonce 64…6f and this issuer.
  private static let vector =
    "aeaaozdfmztwq2lknnwg23tpc62argqlpmn64qmylpy3uvp2a5puqwdtr6fsnexalvghrgf327oruktlghzbnfbz6nrnqhxc2teudhgk55"
    + "ixalsovqzmp7hr5i6awljxam3b5mncjcjm3vj5gdmkosq"
  private static let issuer = "https://issuer.example"

  private let masterKey: MasterKey
  private let facts: ReplicaFacts
  private let grant: AccessGrant

  init() throws {
    masterKey = try #require(MasterKey(bytes: [UInt8](repeating: 1, count: 32)))
    let key = Array(UInt8(0)..<32)
    let start = Timestamp(milliseconds: 0)
    let wrapped = WrappedKey(
      number: 7,
      use: .sealing,
      wrapped: masterKey.wrap(key, number: 7, for: .sealing, using: .system),
      createdAt: start,
      activatesAt: start
    )
    facts = ReplicaFacts(
      keyRing: try KeyRing([wrapped], masterKey: masterKey),
      scopes: [],
      resources: [],
      serverState: ServerState(masterKeyCheck: masterKey.checkValue, initialisedAt: start),
      secretHasher: SecretHasher(masterKey: masterKey)
    )
    grant = AccessGrant(
      clientID: try #require(ClientID("26156a86-b739-4c6b-9de2-314228c3e6e5")),
      grantType: .clientCredentials,
      access: GrantedAccess(
        scopes: ScopeSet(["item", "event"].compactMap(Scope.init)),
        audiences: [try #require(Resource("https://api.ants.tech"))]
      ),
      issuedAt: Timestamp(milliseconds: 1_691_671_317_643),
      expiresAt: Timestamp(milliseconds: 1_691_674_917_643)
    )
  }

  @Test func sealsWhatAnotherImplementationSeals() throws {
    let nonce = RandomSource { buffer in
      for index in buffer.indices { buffer[index] = UInt8(100 + index) }
    }
    let format = SealedAccessToken(issuer: SealedAccessTokenTests.issuer, randomness: nonce)
    #expect(
      try format.encode(grant, for: CachedClient.decoy.holder, SignatureChoice(), with: facts.keyRing).text
        == Array(SealedAccessTokenTests.vector.utf8)
    )
  }

  @Test func opensWhatAnotherImplementationSealed() throws {
    let format = SealedAccessToken(issuer: SealedAccessTokenTests.issuer)
    let opened = try #require(format.open(SealedAccessTokenTests.vector[...].utf8, with: facts.keyRing))
    #expect(opened.grant == grant)
    #expect(opened.keyNumber == 7)
    #expect(opened.id.bytes == Array(100..<112))
  }

  @Test func doesNotOpenForAnotherIssuer() {
    let format = SealedAccessToken(issuer: "https://other.example")
    #expect(format.open(SealedAccessTokenTests.vector[...].utf8, with: facts.keyRing) == nil)
  }

  @Test func doesNotOpenWithAnotherKeyOfTheSameNumber() throws {
    let start = Timestamp(milliseconds: 0)
    let other = WrappedKey(
      number: 7,
      use: .sealing,
      wrapped: masterKey.wrap([UInt8](repeating: 5, count: 32), number: 7, for: .sealing, using: .system),
      createdAt: start,
      activatesAt: start
    )
    let ring = try KeyRing([other], masterKey: masterKey)
    #expect(
      SealedAccessToken(issuer: SealedAccessTokenTests.issuer).open(
        SealedAccessTokenTests.vector[...].utf8,
        with: ring
      ) == nil
    )
  }

  @Test(arguments: ["a", "with space", "UPPER-CASE", "26156A86-B739-4C6B-9DE2-314228C3E6E5", "~!@#$%^&*()"])
  func carriesAnyClientID(id: String) throws {
    let odd = AccessGrant(
      clientID: try #require(ClientID(id)),
      grantType: .clientCredentials,
      access: GrantedAccess(scopes: grant.scopes, audiences: []),
      issuedAt: grant.issuedAt,
      expiresAt: grant.expiresAt
    )
    let format = SealedAccessToken(issuer: SealedAccessTokenTests.issuer)
    #expect(
      format.open(
        String(
          decoding: try format.encode(
            odd,
            for: CachedClient.decoy.holder,
            SignatureChoice(),
            with: facts.keyRing
          ).text,
          as: UTF8.self
        )[...].utf8,
        with: facts.keyRing
      )?
      .grant == odd
    )
  }

  @Test(arguments: ["", "a", "aa", "not a token", "é", String(repeating: "a", count: 1 << 20)])
  func doesNotOpenWhatIsNoToken(text: String) {
    let format = SealedAccessToken(issuer: SealedAccessTokenTests.issuer)
    #expect(format.open(text[...].utf8, with: facts.keyRing) == nil)
  }

  @Test func refusesAPayloadThatIsCutOrExtended() {
    let payload = GrantPayload.encode(grant)
    #expect(GrantPayload.decode(payload[...]) == grant)
    #expect(GrantPayload.decode((payload + [0])[...]) == nil)
    for length in payload.indices { #expect(GrantPayload.decode(payload[..<length]) == nil) }
  }

  /// The memory that a token is sealed in is taken before its payload is written.
  @Test(arguments: [
    "a", String(repeating: "long", count: 60), "26156a86-b739-4c6b-9de2-314228c3e6e5",
  ])
  func thereIsRoomForEveryPayload(id: String) throws {
    let longest = AccessGrant(
      clientID: try #require(ClientID(id)),
      grantType: .clientCredentials,
      access: grant.access,
      issuedAt: Timestamp(milliseconds: .max),
      expiresAt: Timestamp(milliseconds: .max),
      confirmation: .key(thumbprint: [UInt8](repeating: 1, count: Confirmation.thumbprintLength))
    )
    for grant in [grant, longest] {
      #expect(GrantPayload.encode(grant).count <= GrantPayload.capacity(for: grant))
    }
  }

  @Test func aStoredKeyThatWasAlteredOrMovedDoesNotUnwrap() throws {
    let start = Timestamp(milliseconds: 0)
    let bytes = masterKey.wrap([UInt8](repeating: 5, count: 32), number: 7, for: .sealing, using: .system)
    var altered = bytes
    altered[20] ^= 1
    for (number, wrapped) in [(UInt16(7), altered), (8, bytes), (7, []), (7, Array(bytes.dropLast()))] {
      let stored = WrappedKey(
        number: number,
        use: .sealing,
        wrapped: wrapped,
        createdAt: start,
        activatesAt: start
      )
      #expect(throws: KeyUnwrappingError(number: number)) { try masterKey.unwrap(stored) }
    }
  }
}
