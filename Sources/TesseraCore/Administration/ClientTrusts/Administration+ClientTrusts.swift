import TesseraJOSE
import TesseraSupport

/// Platforms that vouch for clients.
extension Administration {
  /// The most that a client trusts at a time.
  package static let maximumTrusts = 10

  /// Lets a client trust one more platform, and returns that as it is kept.
  package func addTrust(_ new: NewClientTrust, to id: ClientID) async throws(AdministrationError)
    -> ClientTrust
  {
    let now = clock.now
    let trust = new.trust(at: now)
    let audit = event(.clientTrustAdded, id.rawValue, trust.details)
    try await changeClient(id, audit: audit) { client throws(AdministrationError) in
      try client.add(trust, named: new.name)
      client.updatedAt = now
    }
    return trust
  }

  /// What a client trusts, and how each was used as far as the store was told; nil for never.
  package func trusts(
    of client: Client
  ) async throws(AdministrationError) -> [(trust: ClientTrust, use: SecretUse?)] {
    let uses = try await ask(about: .client, await store.secretUses(of: client.id))
    return client.keyMetadata.trusts.map { trust in
      (trust, uses.first { $0.secret == trust.name && $0.madeAt == trust.createdAt })
    }
  }

  /// Makes a client no longer trust a platform, at once.
  ///
  /// Nobody knows which tokens it got by it, so `revokingTokens` takes back all that the client has.
  package func removeTrust(
    named name: String,
    of id: ClientID,
    revokingTokens: Bool = false
  ) async throws(AdministrationError) {
    let now = clock.now
    var details = ["trust": name]
    if revokingTokens { details["tokens"] = "revoked" }
    try await changeClient(id, audit: event(.clientTrustRemoved, id.rawValue, details)) {
      client throws(AdministrationError) in
      let trust = try client.trust(named: name)
      client.keyMetadata.trusts.removeAll { $0 == trust }
      if revokingTokens { client.revokeTokens(at: now) }
      client.updatedAt = now
    }
  }
}

extension Client {
  /// The trust that an operator means by its name.
  package func trust(named name: String) throws(AdministrationError) -> ClientTrust {
    let trusts = keyMetadata.trusts
    let exact = trusts.first { $0.name.utf8.elementsEqual(name.utf8) }
    guard let trust = exact ?? trusts.first(where: { Name.key(of: $0.name) == Name.key(of: name) }) else {
      throw .notFound(.trust, "client \(id) has no trust named '\(name)'")
    }
    return trust
  }

  /// Adds one, as far as it may have it.
  mutating func add(_ trust: ClientTrust, named name: DisplayName) throws(AdministrationError) {
    guard !isPublic else { throw .invalid(.preset, "client \(id) is public, and nothing proves who it is") }
    guard keyMetadata.trusts.count < Administration.maximumTrusts else {
      throw .conflict("client \(id) has \(Administration.maximumTrusts) trusts, the most there can be")
    }
    try checkIsFree(name)
    keyMetadata.trusts.append(trust)
  }
}

extension ClientTrust {
  /// The particulars of an audit record.
  fileprivate var details: [String: String] {
    [
      "trust": name, "preset": preset.rawValue, "issuer": issuer,
      "audiences": audiences.joined(separator: " "),
      "claims": conditions.map { "\($0.claim)=\($0.pattern)" }.joined(separator: " "),
    ]
  }
}
