import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// Secrets that are kept for `client_secret_jwt`.
@Suite struct KeptSecretTests {
  @Test func aSecretIsHadByTheKeyAndByNoOther() throws {
    let (key, other) = (try masterKey(1), try masterKey(2))
    let secret = ClientSecret(using: .system)
    let hash = SecretHasher(masterKey: key).wrap(secret, using: .system)
    #expect(SecretHasher(masterKey: key).unwrap(hash) == Array(secret.exposed.utf8))
    #expect(SecretHasher(masterKey: other).unwrap(hash) == nil)
    guard case .wrapped(var box, let digest) = hash else { return }
    #expect(digest == SecretHasher(masterKey: key).digest(secret.exposed))
    for index in box.indices {
      box[index] ^= 1
      #expect(SecretHasher(masterKey: key).unwrap(.wrapped(box, digest)) == nil)
      box[index] ^= 1
    }
    for broken in [[], Array(box.dropLast()), [UInt8](repeating: 0, count: 28)] {
      #expect(SecretHasher(masterKey: key).unwrap(.wrapped(broken, digest)) == nil)
    }
    #expect(!"\(box)".contains(secret.exposed))
  }

  @Test func aNewMasterKeyProtectsWhatIsKept() async throws {
    try await TestServer.run { server in
      let client = try await server.makeClient { $0.authenticationMethod = .clientSecretJWT }
      let new = try masterKey(9)
      _ = try await server.administration.changeMasterKey(to: new)
      let state = try #require(try await server.store.serverState())
      let stored = try #require(try await server.store.client(client.id)?.secrets.first)
      let hasher = try state.secretHasher(by: new)
      #expect(hasher.unwrap(stored.hash) == Array(client.secret.utf8))
      #expect(throws: KeyUnwrappingError.self) { try state.secretHasher(by: server.masterKey) }
    }
  }

  private func masterKey(_ byte: UInt8) throws -> MasterKey {
    try #require(MasterKey(bytes: [UInt8](repeating: byte, count: 32)))
  }
}
