import TesseraCore
import TesseraJOSE
import Testing

/// Values to put into a store.
enum Sample {
  static let time = Timestamp(milliseconds: 1_700_000_000_123)

  static func clientID(_ text: String) throws -> ClientID {
    try #require(ClientID(text))
  }

  static func scope(_ name: String) throws -> Scope {
    try #require(Scope(name))
  }

  static func scopes(_ names: String...) throws -> ScopeSet {
    ScopeSet(try names.map(scope))
  }

  /// A client with as little as possible.
  static func client(_ id: String, name: String? = nil, secrets: [StoredSecret] = []) throws -> Client {
    Client(id: try clientID(id), name: name ?? "name of \(id)", scopes: [], secrets: secrets, createdAt: time)
  }

  /// Everything that can be registered of keys.
  static var keyMetadata: ClientKeyMetadata {
    var metadata = ClientKeyMetadata()
    let point = [UInt8](repeating: 7, count: 32)
    metadata.keys = [
      ClientKey(
        name: "O'Ünïcode \"客户\"",
        material: .key(JWK(material: .p256(x: point, y: point), keyID: "a\"b", algorithm: .es256)),
        createdAt: time,
        expiresAt: time.advanced(bySeconds: 1)
      ),
      ClientKey(name: "b", material: .certificate([0, 0xFF]), createdAt: time, expiresAt: nil),
    ]
    metadata.keySetURL = "https://keys.example/jwks?a=b&c='"
    metadata.trusts = [
      ClientTrust(
        name: "trust 'ü\"",
        preset: .kubernetes,
        issuer: "https://cluster.example/é?a='b'",
        audiences: ["https://tessera.example", "b"],
        conditions: [ClaimCondition("/kubernetes.io/namespace", "a\"b"), ClaimCondition("sub", "x:*:'y'")],
        keys: .given(metadata.keys.compactMap(\.jwk)),
        longestLifetime: 86_400,
        isReusable: true,
        createdAt: time
      ),
      ClientTrust(
        name: "published",
        preset: .generic,
        issuer: "https://issuer.example",
        audiences: ["a"],
        conditions: [],
        keys: .published(at: "https://keys.example/jwks"),
        longestLifetime: 60,
        isReusable: false,
        createdAt: time
      ),
      ClientTrust(
        name: "discovered",
        preset: .githubActions,
        issuer: "https://issuer.example",
        audiences: ["a"],
        conditions: [ClaimCondition("repository", "acme/app")],
        keys: .discovered,
        longestLifetime: 60,
        isReusable: false,
        createdAt: time
      ),
    ]
    metadata.requiresStrictAssertions = true
    metadata.certificateSubject = CertificateSubject(.distinguishedName, #"CN=a\"b\, c,O=Ünïcode"#)
    metadata.profile = .fapi2
    metadata.isCertificateBound = true
    metadata.isDPoPBound = true
    return metadata
  }

  static func digest(_ byte: UInt8) throws -> SecretDigest {
    try #require(SecretDigest(bytes: [UInt8](repeating: byte, count: SecretDigest.byteCount)))
  }

  static func secret(_ name: String, _ byte: UInt8 = 1) throws -> StoredSecret {
    StoredSecret(name: name, hash: .keyed(try digest(byte)), createdAt: time, expiresAt: nil)
  }

  static func definition(_ name: String, retiredAt: Timestamp? = nil) throws -> ScopeDefinition {
    ScopeDefinition(
      scope: try scope(name),
      description: "what \(name) gives",
      resource: try #require(Resource("https://api.example/\(name)")),
      createdAt: time,
      retiredAt: retiredAt
    )
  }

  static func resource(_ uri: String) throws -> Resource {
    try #require(Resource(stored: uri))
  }

  static func resourceDefinition(_ uri: String, retiredAt: Timestamp? = nil) throws -> ResourceDefinition {
    ResourceDefinition(
      resource: try resource(uri),
      description: "what \(uri) is",
      createdAt: time,
      retiredAt: retiredAt
    )
  }

  static func key(_ number: UInt16, byte: UInt8 = 0, use: KeyUse = .sealing) -> WrappedKey {
    WrappedKey(
      number: number,
      use: use,
      wrapped: [byte, 0, 255],
      createdAt: time,
      activatesAt: time.advanced(bySeconds: 60)
    )
  }

  static func token(_ byte: UInt8) throws -> TokenID {
    try #require(TokenID(bytes: [UInt8](repeating: byte, count: TokenID.byteCount)))
  }

  /// The revocation of a token that was issued a minute before the sample time.
  static func revocation(
    _ byte: UInt8,
    of client: String = "client",
    issuedAt: Timestamp = time.advanced(bySeconds: -60),
    expiresAt: Timestamp = time
  ) throws -> Revocation {
    Revocation(
      token: try token(byte),
      clientID: try clientID(client),
      issuedAt: issuedAt,
      expiresAt: expiresAt
    )
  }

  static func event(
    _ action: AuditEvent.Action = .clientUpdated,
    about subject: String = "subject",
    at time: Timestamp = time
  ) -> AuditEvent {
    AuditEvent(time: time, actor: "test", action: action, subject: subject)
  }

  static func auditLog(of store: any Store, masterKey byte: UInt8 = 1) throws -> AuditLog {
    AuditLog(store: store, masterKeys: MasterKeys(try masterKey(byte)))
  }

  static func masterKey(_ byte: UInt8) throws -> MasterKey {
    try #require(MasterKey(bytes: [UInt8](repeating: byte, count: MasterKey.byteCount)))
  }

  static func initialState(byte: UInt8 = 1, scopes: String...) throws -> InitialState {
    InitialState(
      serverState: ServerState(masterKeyCheck: [byte, 0, 255], initialisedAt: time),
      resources: [try resourceDefinition("https://api.example")],
      scopes: try scopes.map { try definition($0) },
      keys: [key(1, byte: byte), key(2, byte: byte, use: .signing(.es256))]
    )
  }
}
