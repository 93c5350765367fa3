import TesseraJOSE

/// What a node remembers of a client beside its registration, all of it under one lock of the client's own.
struct ClientMemory {
  /// The last grant decision.
  struct Decision {
    let question: SharedQuestion
    /// What the server knew; not the facts themselves, so that keys that are gone do not stay in memory.
    let facts: Int
    let access: GrantedAccess
  }

  /// How one secret or key was used.
  struct CredentialTally {
    let name: String
    let madeAt: Timestamp
    var lastUsedAt: Timestamp
    var address: SourceAddress
    var count: Int64
  }

  /// What the use of a secret or key was.
  enum CredentialUse {
    /// The first of any since the uses were taken.
    case first
    /// From another address than the last, or the first of this one.
    case changed
    /// As the last.
    case repeated
  }

  /// When its use was noted last, in milliseconds since 1970.
  var lastNoted: Int64
  var decision: Decision?
  /// How its secrets and keys were used since the store was told last; empty as long as they were not.
  private(set) var credentialUses: [CredentialTally] = []
  /// What its token requests came to since the store was told last.
  private(set) var usage = UsageTally()
  /// The keyed digests of slow secrets that were presented rightly before, by the secret's name.
  var recognised: [String: SecretDigest] = [:]

  /// Whether a use now is to be noted, since none was within this many milliseconds: true once.
  mutating func notesUse(at now: Timestamp, every interval: Int64) -> Bool {
    // After the clock was set back, too.
    guard now.milliseconds < lastNoted || now.milliseconds - interval >= lastNoted else { return false }
    lastNoted = now.milliseconds
    return true
  }

  /// Notes that a secret or a key was used, by its name; `madeAt` says when it was made, and nil that there is none.
  mutating func noteUse(
    of name: String,
    from source: SourceAddress,
    at now: Timestamp,
    madeAt: () -> Timestamp?
  ) -> CredentialUse {
    for index in credentialUses.indices where credentialUses[index].name == name {
      let isRepeated = credentialUses[index].address == source
      credentialUses[index].lastUsedAt = max(now, credentialUses[index].lastUsedAt)
      if !isRepeated { credentialUses[index].address = source }
      credentialUses[index].count += 1
      return isRepeated ? .repeated : .changed
    }
    guard let madeAt = madeAt() else { return .changed }
    credentialUses.append(
      CredentialTally(name: name, madeAt: madeAt, lastUsedAt: now, address: source, count: 1)
    )
    return credentialUses.count == 1 ? .first : .changed
  }

  mutating func takeCredentialUses() -> [CredentialTally] {
    defer { credentialUses = [] }
    return credentialUses
  }

  /// Counts something of its token requests; true when it is the first since `takeUsage`.
  mutating func countUsage(_ count: (inout UsageTally) -> Void) -> Bool {
    let isFirst = usage.isEmpty
    count(&usage)
    return isFirst
  }

  mutating func takeUsage() -> UsageTally {
    defer { usage = UsageTally() }
    return usage
  }
}
