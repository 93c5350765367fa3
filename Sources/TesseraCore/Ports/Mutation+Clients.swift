import TesseraJOSE

extension Mutation {
  /// A new client; `earlier` is what the store has of the tokens of one that had its identifier.
  ///
  /// Throws `conflict` when its identifier is taken, when another has its name (`namesakes` are the names of all other
  /// clients that have the same `Name.key`), or when two of its secrets have one name.
  package static func inserting(
    _ client: Client,
    isTaken: Bool,
    namesakes: [String],
    after earlier: ClientNotBefore?,
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    guard !isTaken else { throw .conflict("There is a client \(client.id) already") }
    let client = earlier.map(client.succeeding) ?? client
    try checkNames(of: client, since: nil, namesakes: namesakes)
    let cutOff = earlier == nil ? [] : [Write.setNotBefore(client.id, client.notBefore)]
    return Mutation(
      audit,
      .client(client.id),
      writes: [.insertClient(client)] + cutOff,
      differences: .between([:], client.auditFacts)
    )
  }

  /// A client in place of what it was; the not-before follows it.
  ///
  /// Throws `conflict` as `inserting` does, for names that it did not have before.
  package static func updating(
    _ earlier: Client,
    to client: Client,
    namesakes: [String],
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    try checkNames(of: client, since: earlier, namesakes: namesakes)
    let writes = [Write.updateClient(client)] + cutOff(of: client, since: earlier)
    return Mutation(
      audit,
      .client(client.id),
      writes: writes,
      differences: .between(earlier.auditFacts, client.auditFacts)
    )
  }

  /// A client that goes with its secrets, and all its tokens with it.
  ///
  /// `found` is its version, and `client` what was registered, if that can be read. Throws `notFound` when there is none, and `versionMismatch` when another is given.
  package static func deleting(
    _ id: ClientID,
    found: Int?,
    client: Client?,
    ifVersion version: Int?,
    audit: AuditEvent
  ) throws(StoreError) -> Mutation {
    guard let found else { throw .noClient(id) }
    if let version, version != found { throw .versionMismatch(given: version, current: found) }
    return Mutation(
      audit,
      .client(id),
      writes: [.deleteClient(id), .setNotBefore(id, .distantFuture)],
      differences: .between(client?.auditFacts ?? [:], [:])
    )
  }

  /// A client whose tokens are taken back by what was done to something else, which `cause` tells of.
  package static func revokingTokens(of client: Client, because cause: AuditEvent) -> Mutation {
    var revoked = client
    revoked.revokeTokens(at: cause.time)
    revoked.version += 1
    return Mutation(
      cause.revokingTokens(of: client.id),
      .client(client.id),
      writes: [.updateTokensNotBefore(revoked)] + cutOff(of: revoked, since: client),
      differences: .between(client.auditFacts, revoked.auditFacts)
    )
  }

  private static func cutOff(of client: Client, since earlier: Client) -> [Write] {
    client.notBefore == earlier.notBefore ? [] : [.setNotBefore(client.id, client.notBefore)]
  }

  private static func checkNames(
    of client: Client,
    since earlier: Client?,
    namesakes: [String]
  ) throws(StoreError) {
    try checkName(of: client, since: earlier, namesakes: namesakes)
    let names = Dictionary(grouping: client.secrets, by: { Array($0.name.utf8) })
    let repeated = names.values.first { $0.count > 1 }?.first?.name
    if let name = repeated ?? client.repeatedSecretName(since: earlier) {
      throw .conflict("Client \(client.id) has a secret named \"\(name)\" already")
    }
  }

  /// Throws `conflict` when another client has the name of this one.
  private static func checkName(
    of client: Client,
    since earlier: Client?,
    namesakes: [String]
  ) throws(StoreError) {
    let isSameKey = earlier.map { Name.key(of: $0.name) } == Name.key(of: client.name)
    // Those that had one key before names were compared by it may go on, but not under the very same name.
    if let other = isSameKey
      ? namesakes.first(where: { $0.utf8.elementsEqual(client.name.utf8) }) : namesakes.first
    {
      throw .conflict("There is a client named \"\(other)\" already")
    }
  }
}

extension StoreError {
  /// There is no client with this identifier.
  package static func noClient(_ id: ClientID) -> StoreError { .notFound("There is no client \(id)") }
  /// There is no resource with this URI.
  package static func noResource(_ resource: Resource) -> StoreError {
    .notFound("There is no resource \(resource)")
  }
}
