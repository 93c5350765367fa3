package import TesseraJOSE

/// A platform that a client trusts.
package struct ClientTrustRepresentation: Representation {
  private let trust: ClientTrust

  package init(_ trust: ClientTrust) {
    self.trust = trust
  }

  package var json: JSONValue {
    let keys = Dictionary(trust.keys.members.map { ($0.name, $0.value) }) { first, _ in first }
    return .object([
      .init("name", .string(trust.name)), .init("preset", .string(trust.preset.rawValue)),
      .init("issuer", .string(trust.issuer)), .init("audiences", JSONValue(trust.audiences)),
      .init("claims", .object(trust.conditions.map { .init($0.claim, .string($0.pattern)) })),
      .init("jwks", keys["jwks"] ?? .null), .init("jwks_uri", keys["jwks_uri"] ?? .null),
      .init("max_lifetime", .integer(trust.longestLifetime)), .init("reusable", .boolean(trust.isReusable)),
      .init("created_at", JSONValue(trust.createdAt)),
    ])
  }
}

/// The same with how it was used.
package struct UsedClientTrustRepresentation: Representation {
  private let trust: ClientTrust
  private let use: SecretUse?
  private let isInUse: Bool

  /// `use` is nil for one that was never used.
  package init(_ trust: ClientTrust, _ use: SecretUse?, at now: Timestamp) {
    self.trust = trust
    self.use = use
    isInUse = use?.isRecent(at: now) ?? false
  }

  package var json: JSONValue {
    guard case .object(let members) = ClientTrustRepresentation(trust).json else { return .null }
    return .object(
      members + [
        .init("last_used_at", JSONValue(use?.lastUsedAt)), .init("last_used_from", JSONValue(use?.address)),
        .init("uses", .integer(Int(use?.count ?? 0))), .init("in_use", .boolean(isInUse)),
      ]
    )
  }
}
