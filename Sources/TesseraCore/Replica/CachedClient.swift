import Synchronization
import TesseraJOSE

/// A client in memory.
package final class CachedClient: Sendable {
  /// What tokens are issued to.
  package let holder: TokenHolder
  /// The registration.
  package var client: Client { holder.client }
  /// The keyed digests of slow secrets that were presented rightly before, by the secret's name.
  private let recognised = Mutex<[String: SecretDigest]>([:])

  /// The last grant decision for this client.
  private struct Memory {
    let question: SharedQuestion
    /// What the server knew; not the facts themselves, so that keys that are gone do not stay in memory.
    let facts: Int
    let access: GrantedAccess
  }

  private let memory = Mutex<Memory?>(nil)

  /// Whether somebody may have chosen one of its secrets, or another service hashed it.
  let hasSlowSecret: Bool

  /// How its secrets and keys were used since the store was told last; empty as long as they were not.
  private let secretUses = Mutex<[SecretTally]>([])

  /// What its token requests came to since the store was told last.
  private let usage = Mutex(UsageTally())

  /// When its use was noted last, in milliseconds since 1970.
  private let lastNoted: Atomic<Int64>

  /// Its public keys, once something was signed by one.
  private let madeSignatureKeys = AtomicLazyReference<SignatureKeys>()

  /// What it trusts, once an issuer spoke for it.
  private let madeTrustKeys = AtomicLazyReference<TrustKeys>()

  /// What counts its requests; nil for a client without a quota.
  let meter: QuotaMeter?

  /// `lastUsed` is when its use was noted last, if it is known, and `meter` what has counted its requests until now.
  init(_ client: Client, lastUsed: Timestamp? = nil, meter: QuotaMeter? = nil) {
    holder = TokenHolder(client)
    self.meter = client.quota == nil ? nil : meter ?? QuotaMeter()
    lastNoted = Atomic(lastUsed?.milliseconds ?? .min)
    hasSlowSecret = client.secrets.contains { $0.hash.isSlow }
  }

  /// Whether a use now is to be noted, since none was within this many milliseconds: true once.
  ///
  /// Two threads may both be told so, which does no harm.
  func notesUse(at now: Timestamp, every interval: Int64) -> Bool {
    let last = lastNoted.load(ordering: .relaxed)
    // After the clock was set back, too.
    guard now.milliseconds < last || now.milliseconds - interval >= last else { return false }
    lastNoted.store(now.milliseconds, ordering: .relaxed)
    return true
  }

  /// How one secret was used.
  private struct SecretTally {
    let secret: String
    let madeAt: Timestamp
    var lastUsedAt: Timestamp
    var address: SourceAddress
    var count: Int64
  }

  /// The public keys that it has registered.
  var signatureKeys: SignatureKeys {
    madeSignatureKeys.load() ?? madeSignatureKeys.storeIfNil(SignatureKeys(of: client))
  }

  /// The issuers that it trusts, with the keys that are given for them.
  var trusts: [(trust: ClientTrust, given: VerificationKeys?)] {
    (madeTrustKeys.load() ?? madeTrustKeys.storeIfNil(TrustKeys(of: client))).trusts
  }

  /// Notes that a secret or a key was used, by its name; true when it is the first use of any since `takeSecretUses`.
  func noteUse(of secret: String, from source: SourceAddress, at now: Timestamp) -> Bool {
    secretUses.withLock { tallies in
      if let index = tallies.firstIndex(where: { $0.secret == secret }) {
        tallies[index].lastUsedAt = max(now, tallies[index].lastUsedAt)
        tallies[index].address = source
        tallies[index].count += 1
        return false
      }
      guard let madeAt = client.credential(named: secret) else { return false }
      tallies.append(
        SecretTally(
          secret: secret,
          madeAt: madeAt,
          lastUsedAt: now,
          address: source,
          count: 1
        )
      )
      return tallies.count == 1
    }
  }

  /// What was noted since the last time.
  func takeSecretUses() -> [SecretUse] {
    let tallies = secretUses.withLock { tallies in
      defer { tallies = [] }
      return tallies
    }
    return tallies.map { tally in
      SecretUse(
        clientID: client.id,
        secret: tally.secret,
        madeAt: tally.madeAt,
        lastUsedAt: tally.lastUsedAt,
        address: tally.address.known?.description,
        count: tally.count
      )
    }
  }

  /// Counts something of its token requests; true when it is the first since `takeUsage`.
  func countUsage(_ count: (inout UsageTally) -> Void) -> Bool {
    usage.withLock { usage in
      let isFirst = usage.isEmpty
      count(&usage)
      return isFirst
    }
  }

  /// What was counted since the last time.
  func takeUsage() -> UsageTally {
    usage.withLock { usage in
      defer { usage = UsageTally() }
      return usage
    }
  }

  /// The remembered decision, if it was for the same question and the same facts; nil otherwise.
  func access(for question: GrantQuestion, _ facts: ReplicaFacts) -> GrantedAccess? {
    memory.withLock { memory in
      guard let memory, memory.facts == facts.generation, memory.question.question == question else {
        return nil
      }
      return memory.access
    }
  }

  /// Remembers the decision.
  func remember(_ access: GrantedAccess, for question: SharedQuestion, _ facts: ReplicaFacts) {
    memory.withLock { $0 = Memory(question: question, facts: facts.generation, access: access) }
  }

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

  /// The secret that has this digest; nil when none has, or a slow one has not been recognised yet.
  ///
  /// It looks at every secret, wherever the right one stands.
  func secret(matching digest: SecretDigest) -> StoredSecret? {
    var match: StoredSecret?
    for secret in client.secrets {
      let known: SecretDigest? =
        switch secret.hash {
        case .keyed(let stored), .wrapped(_, let stored): stored
        case .stretched, .foreign: recognised.withLock { $0[secret.name] }
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
      secret.hash.isSlow && secret.isValid(at: now) && recognised.withLock { $0[secret.name] == nil }
    }
  }

  /// Remembers the keyed digest of a slow secret that was presented rightly.
  func recognise(_ name: String, by digest: SecretDigest) {
    recognised.withLock { $0[name] = digest }
  }
}
