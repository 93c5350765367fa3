import Synchronization
import TesseraJOSE

/// A client in memory: that of the whole node, or the copy that one event loop has of it.
package final class CachedClient: Sendable {
  /// What tokens are issued to.
  package let holder: TokenHolder
  /// The registration.
  package var client: Client { holder.client }
  let rules: ClientRules
  /// Whether somebody may have chosen one of its secrets, or another service hashed it.
  let hasSlowSecret: Bool
  /// What counts its requests; nil for a client without a quota.
  let meter: QuotaMeter?
  /// What it is a copy of; nil for that of the whole node.
  private let original: CachedClient?
  private let memory: Mutex<ClientMemory>
  /// Its public keys and what it trusts, once something was signed by a key.
  private let madeKeys = AtomicLazyReference<KeysInMemory>()

  /// `lastUsed` is when its use was noted last, if it is known, and `meter` what has counted its requests until now.
  convenience init(_ client: Client, lastUsed: Timestamp? = nil, meter: QuotaMeter? = nil) {
    self.init(
      client,
      lastNoted: lastUsed?.milliseconds ?? .min,
      meter: client.quota == nil ? nil : meter ?? QuotaMeter(),
      original: nil
    )
  }

  private init(_ client: Client, lastNoted: Int64, meter: QuotaMeter?, original: CachedClient?) {
    holder = TokenHolder(client)
    rules = ClientRules(of: client)
    self.meter = meter
    self.original = original
    hasSlowSecret = client.secrets.contains { $0.hash.isSlow }
    memory = Mutex(ClientMemory(lastNoted: lastNoted))
  }

  /// A copy for one event loop, which shares nothing with this one that a request writes to, so that two loops count no
  /// references to one object; but what counts for all of them: the quota, and which slow secrets are recognised.
  func copy() -> CachedClient {
    let lastNoted = memory.withLock { $0.lastNoted }
    return CachedClient(client.unshared(), lastNoted: lastNoted, meter: meter, original: self)
  }

  // MARK: Credentials

  /// The public keys that it has registered.
  var signatureKeys: SignatureKeys { keys.signature }

  /// The issuers that it trusts, with the keys that are given for them.
  var trusts: [(trust: ClientTrust, given: VerificationKeys?)] { keys.trust.trusts }

  private var keys: KeysInMemory { madeKeys.load() ?? madeKeys.storeIfNil(KeysInMemory(of: client)) }

  /// The secret that has this digest; nil when none has, or a slow one has not been recognised yet.
  ///
  /// It looks at every secret, wherever the right one stands.
  func secret(matching digest: SecretDigest) -> StoredSecret? {
    var match: StoredSecret?
    for secret in client.secrets {
      let known: SecretDigest? =
        switch secret.hash {
        case .keyed(let stored), .wrapped(_, let stored): stored
        case .stretched, .foreign: recognised(secret.name)
        }
      if let known, known == digest { match = secret }
    }
    return match
  }

  /// The slow secrets that work now and were never presented rightly.
  ///
  /// Once one is recognised its digest decides, and nothing slow runs for it any more.
  func unrecognised(at now: Timestamp) -> [StoredSecret] {
    // Of nearly every client this is all, so that no refusal takes longer than another.
    guard hasSlowSecret, client.isEnabled else { return [] }
    return client.secrets.filter { secret in
      secret.hash.isSlow && secret.isValid(at: now) && recognised(secret.name) == nil
    }
  }

  /// Remembers the keyed digest of a slow secret that was presented rightly.
  func recognise(_ name: String, by digest: SecretDigest) {
    (original ?? self).memory.withLock { $0.recognised[name] = digest }
  }

  private func recognised(_ name: String) -> SecretDigest? {
    (original ?? self).memory.withLock { $0.recognised[name] }
  }

  // MARK: Use

  /// Notes that a secret or a key was used, by its name.
  func noteUse(of secret: String, from source: SourceAddress, at now: Timestamp)
    -> ClientMemory.CredentialUse
  {
    memory.withLock { memory in
      memory.noteUse(of: secret, from: source, at: now) { client.credential(named: secret) }
    }
  }

  /// What was noted of secrets and keys since the last time.
  func takeSecretUses() -> [SecretUse] {
    memory.withLock { $0.takeCredentialUses() }.map { tally in
      SecretUse(
        clientID: client.id,
        secret: tally.name,
        madeAt: tally.madeAt,
        lastUsedAt: tally.lastUsedAt,
        address: tally.address.known?.description,
        count: tally.count
      )
    }
  }

  /// Whether a use now is to be noted, since none was within this many milliseconds: true once.
  func notesUse(at now: Timestamp, every interval: Int64) -> Bool {
    memory.withLock { $0.notesUse(at: now, every: interval) }
  }

  /// Counts a token; says whether it is a use to be noted, and whether it is the first count since `takeUsage`.
  func noteIssued(_ access: GrantedAccess, at now: Timestamp, every interval: Int64)
    -> (isUse: Bool, isFirstCount: Bool)
  {
    memory.withLock { memory in
      (
        memory.notesUse(at: now, every: interval),
        memory.countUsage { $0.countIssued(access, at: now) }
      )
    }
  }

  /// Counts a refusal; true when it is the first count since `takeUsage`.
  func noteDenied(_ code: OAuthError.Code, at now: Timestamp) -> Bool {
    memory.withLock { memory in memory.countUsage { $0.countDenied(code, at: now) } }
  }

  /// What was counted since the last time.
  func takeUsage() -> UsageTally {
    memory.withLock { $0.takeUsage() }
  }

  // MARK: Decisions

  /// The remembered decision, if it was for the same question and the same facts; nil otherwise.
  func access(for question: GrantQuestion, _ facts: ReplicaFacts) -> GrantedAccess? {
    memory.withLock { memory in
      guard let decision = memory.decision, decision.facts == facts.generation,
        decision.question.question == question
      else { return nil }
      return decision.access
    }
  }

  /// Remembers the decision.
  func remember(_ access: GrantedAccess, for question: SharedQuestion, _ facts: ReplicaFacts) {
    memory.withLock {
      $0.decision = ClientMemory.Decision(question: question, facts: facts.generation, access: access)
    }
  }

  // MARK: Stand-ins

  /// Stands for every client that cannot exist.
  package static let decoy = makeDecoy()

  /// A stand-in for a client that does not exist, so that looking for its secret costs the same.
  static func makeDecoy() -> CachedClient {
    let never = Timestamp(milliseconds: 0)
    guard let digest = SecretDigest(bytes: [UInt8](repeating: 0, count: SecretDigest.byteCount)) else {
      preconditionFailure("a digest has \(SecretDigest.byteCount) bytes")
    }
    let secret = StoredSecret(name: "default", hash: .keyed(digest), createdAt: never, expiresAt: nil)
    return CachedClient(
      Client(
        id: ClientID(validated: "-"),
        // Too long to be kept in place, as the names of clients are: it is memory of its own to look at.
        name: String(repeating: "-", count: 16),
        scopes: [],
        secrets: [secret],
        isEnabled: false,
        createdAt: never
      )
    )
  }
}
