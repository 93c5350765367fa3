import Crypto
import Synchronization
import TesseraJOSE
import TesseraSupport

/// What has been heard of a request that carries a key of its sender (the `Idempotency-Key` header).
package enum Repetition: Sendable {
  /// Nothing: it is to be done.
  case first
  /// The same: it was done, or was begun.
  case again
  /// Another request with this key.
  case other
}

extension Administration {
  /// For how long a key is remembered, in seconds.
  private static let memory: Int64 = 86_400

  /// Remembers a request, on whatever node, and says what was heard of it before.
  ///
  /// Two claims, so that nothing has to be stored that could be read back: first that of the whole request, then that of
  /// its key alone.
  package func repetition(
    of request: [UInt8],
    key: String,
    by caller: ClientID
  ) async throws(AdministrationError) -> Repetition {
    let expiresAt = clock.now.advanced(bySeconds: Administration.memory)
    func claim(_ identifier: String) async throws(AdministrationError) -> Bool {
      let claim = SingleUseClaim(
        .idempotencyKey,
        of: identifier,
        from: caller.rawValue,
        for: caller,
        expiresAt: expiresAt
      )
      return try await ask(about: .server, await store.claim(claim))
    }
    guard try await claim("request \(key) \(Base32.lowerCase.encode(Array(SHA256.hash(data: request))))")
    else {
      return .again
    }
    return try await claim("key \(key)") ? .first : .other
  }

  /// The same administration, done by somebody else, who asks from this address; nil for this machine.
  package func acting(as actor: String, from address: String?) -> Administration {
    var copy = self
    copy.actor = actor
    copy.address = address
    return copy
  }

  /// The same administration, which makes the same identifiers and secrets each time that it does this request.
  ///
  /// They follow from the request and the master key, so that whoever repeats a request gets the secret that was lost on the
  /// way, and nobody keeps it in clear.
  package func repeating(_ request: [UInt8], key: String, by caller: ClientID) -> Administration {
    var copy = self
    copy.randomness = Administration.derived(masterKeys.current, request, key, caller)
    return copy
  }

  private static func derived(
    _ masterKey: MasterKey,
    _ request: [UInt8],
    _ key: String,
    _ caller: ClientID
  ) -> RandomSource {
    var seed = HMAC<SHA256>(key: masterKey.managementKey)
    for part in ["idempotency", caller.rawValue, key].map({ Array($0.utf8) }) + [request] {
      withUnsafeBytes(of: UInt64(part.count).bigEndian) { seed.update(data: $0) }
      seed.update(data: part)
    }
    let stream = SymmetricKey(data: seed.finalize())
    let drawn = Atomic<UInt64>(0)
    return RandomSource { buffer in
      let number = drawn.add(1, ordering: .relaxed).oldValue
      let bytes = HKDF<SHA256>.expand(
        pseudoRandomKey: stream,
        info: withUnsafeBytes(of: number.bigEndian) { Array($0) },
        outputByteCount: buffer.count
      )
      bytes.withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
  }
}

extension Administration {
  /// The client with this ID; nil when there is none.
  package func client(withID id: ClientID) async throws(AdministrationError) -> Client? {
    try await ask(about: .client, await store.client(id))
  }

  /// What a request made that is repeated: the ID of the client and its secret, where it has one.
  package func expected(_ registration: ClientRegistration) -> (id: ClientID, secret: ClientSecret?) {
    let id = registration.id ?? .random(using: randomness)
    guard registration.makesSecret else { return (id, nil) }
    return (id, registration.importedSecret ?? ClientSecret(using: randomness))
  }

  /// The secret that a repeated request made, if this is what is kept of it.
  package func expectedSecret(
    hashedAs stored: StoredSecret
  ) async throws(AdministrationError) -> ClientSecret? {
    let secret = ClientSecret(using: randomness)
    let hasher = try await ask(about: .server, await secretHasher())
    return stored.hash.digest == hasher.digest(secret.exposed) ? secret : nil
  }
}
