import TesseraJOSE
import TesseraSupport

/// What is declared in files, as against what there is.
extension Administration {
  /// What has to be done for there to be what is declared. With `pruning`, what the files do not list goes: of each kind
  /// that they do list.
  ///
  /// Throws `DeclarationError` for what cannot be done, `AdministrationError` when the store cannot answer.
  package func plan(_ declaration: Declaration, pruning: Bool = false) async throws -> DeclarationPlan {
    var planner = try DeclarationPlanner(
      declaration,
      pruning: pruning,
      scopes: try await scopes(),
      resources: try await resources(),
      by: self
    )
    var last: ClientID?
    repeat {
      let page = try await clients(after: last, limit: Administration.clientsAtOnce)
      try planner.take(page.elements)
      last = page.next
    } while last != nil
    return try planner.plan()
  }

  /// The most changes of one plan: they are one transaction, and everybody else who writes waits for its end. So many take a
  /// second or two of a database that is near.
  package static let maximumDeclaredChanges = 1000

  /// All that is written for a plan, with the secrets that it makes.
  package func changes(for plan: DeclarationPlan) async throws(AdministrationError) -> DeclaredChanges {
    guard plan.changes.count <= Administration.maximumDeclaredChanges else {
      throw .invalid(
        nil,
        "at most \(Administration.maximumDeclaredChanges) things are changed at once, since everybody else who writes waits "
          + "meanwhile, and these would be \(plan.changes.count): declare them in parts, one after another"
      )
    }
    let needsSecrets = plan.changes.contains { $0.makesSecret }
    let hasher = needsSecrets ? try await ask(about: .server, await secretHasher()) : nil
    var items: [ChangeSet.Item] = []
    var secrets: [DeclaredChanges.MadeSecret] = []
    for change in plan.changes {
      switch change.step {
      case .resource(let earlier, let definition):
        items.append(item(for: change, from: earlier, to: definition))
      case .scope(let earlier, let definition):
        items.append(item(for: change, from: earlier, to: definition))
      case .client(let earlier, let client, _):
        let made = hasher.flatMap { change.makesSecret ? newSecret(by: $0) : nil }
        if let made { secrets.append(.init(clientID: client.id, name: client.name, secret: made.secret)) }
        items += self.items(for: change, from: earlier, to: client, secret: try made?.stored(for: client))
      case .removal(let client):
        let audit = event(.clientDeleted, client.id.rawValue, ["name": client.name])
        items.append(ChangeSet.Item(.removeClient(client), audit: audit))
      }
    }
    let keys = try await ask(about: .key, await missingKeys(for: plan))
    let set = ChangeSet(basedOn: plan.scopes, plan.resources, keys: keys, items: items)
    return DeclaredChanges(set: set, secrets: secrets)
  }

  /// Makes them, all or none.
  ///
  /// Throws `conflict` when what they were decided by has changed. After `unavailable` nobody knows whether they were made.
  package func apply(_ changes: DeclaredChanges) async throws(AdministrationError) {
    try await ask(about: .server, await store.apply(changes.set))
  }

  private func missingKeys(for plan: DeclarationPlan) async throws(StoreError) -> [KeyChange] {
    var algorithms: [SigningAlgorithm] = []
    for change in plan.changes {
      guard case .resource(_, let definition) = change.step, let algorithm = definition.signingAlgorithm,
        definition.retiredAt == nil, !algorithms.contains(algorithm)
      else { continue }
      algorithms.append(algorithm)
    }
    guard !algorithms.isEmpty else { return [] }
    let ring = try keyRing(of: try await store.keys())
    var number = ring.nextNumber
    var changes: [KeyChange] = []
    for algorithm in algorithms {
      let use = KeyUse.signing(algorithm)
      guard !ring.stored.contains(where: { $0.use == use }) else { continue }
      let activatesAt = rotation.firstActivation(of: use, at: clock.now)
      let new = try newKey(numbered: number, for: use, activatesAt: activatesAt)
      number = new.key.number == .max ? nil : new.key.number + 1
      changes.append(new.addition)
    }
    return changes
  }

  private func newSecret(by hasher: SecretHasher) -> FreshSecret {
    let secret = ClientSecret(using: randomness)
    return FreshSecret(
      secret,
      named: .firstSecret,
      hash: .keyed(hasher.digest(secret.exposed)),
      hasher,
      using: randomness,
      at: clock.now,
      until: nil
    )
  }
}

/// What is written for a plan.
package struct DeclaredChanges: Sendable {
  /// A secret that a client gets, which nobody can show again.
  package struct MadeSecret: Sendable {
    package let clientID: ClientID
    package let name: String
    package let secret: ClientSecret

    package init(clientID: ClientID, name: String, secret: ClientSecret) {
      self.clientID = clientID
      self.name = name
      self.secret = secret
    }
  }

  let set: ChangeSet
  package let secrets: [MadeSecret]
}

extension DeclarationPlan.Change {
  fileprivate var makesSecret: Bool {
    if case .client(_, _, let makesSecret) = step { makesSecret } else { false }
  }

  /// The particulars of its audit record.
  fileprivate var details: [String: String] {
    let changed = differences.filter { $0.name != "secret" && $0.name != "enabled" }
    return Dictionary(uniqueKeysWithValues: changed.map { ($0.name, $0.after?.text ?? "") })
  }
}

/// What is written for one change, each with its event.
extension Administration {
  private func item(
    for change: DeclarationPlan.Change,
    from earlier: ResourceDefinition?,
    to definition: ResourceDefinition
  ) -> ChangeSet.Item {
    let uri = definition.resource.uri
    guard let earlier else {
      return ChangeSet.Item(
        .addResource(definition),
        audit: event(.resourceCreated, uri, change.details)
      )
    }
    let action: AuditEvent.Action = change.action == .retire ? .resourceRetired : .resourceUpdated
    return ChangeSet.Item(
      .changeResource(from: earlier, to: definition),
      audit: event(action, uri, change.details)
    )
  }

  private func item(
    for change: DeclarationPlan.Change,
    from earlier: ScopeDefinition?,
    to definition: ScopeDefinition
  ) -> ChangeSet.Item {
    let name = definition.scope.name
    guard let earlier else {
      return ChangeSet.Item(.addScope(definition), audit: event(.scopeCreated, name, change.details))
    }
    let action: AuditEvent.Action = change.action == .retire ? .scopeRetired : .scopeUpdated
    return ChangeSet.Item(
      .changeScope(from: earlier, to: definition),
      audit: event(action, name, change.details)
    )
  }

  /// A client is disabled, enabled and given a secret by records of their own, as when each is done by itself.
  private func items(
    for change: DeclarationPlan.Change,
    from earlier: Client?,
    to client: Client,
    secret: StoredSecret?
  ) -> [ChangeSet.Item] {
    let id = client.id.rawValue
    guard let earlier else {
      var new = client
      new.secrets = secret.map { [$0] } ?? []
      let details = change.details.merging(["name": client.name]) { $1 }
      return [ChangeSet.Item(.addClient(new), audit: event(.clientCreated, id, details))]
    }
    let now = clock.now
    var items: [ChangeSet.Item] = []
    var last = earlier
    func append(_ audit: AuditEvent, _ edit: (inout Client) -> Void) {
      var next = last
      edit(&next)
      next.version = last.version + 1
      next.updatedAt = now
      items.append(ChangeSet.Item(.changeClient(from: last, to: next), audit: audit))
      last = next
    }
    if !change.details.isEmpty {
      append(event(.clientUpdated, id, change.details)) { next in
        next = client
        next.isEnabled = earlier.isEnabled
      }
    }
    if client.isEnabled != earlier.isEnabled {
      if client.isEnabled {
        append(event(.clientEnabled, id)) { $0.enable(at: now) }
      } else {
        append(event(.clientDisabled, id, ["tokens": "revoked"])) { $0.disable(at: now) }
      }
    }
    if let secret {
      append(event(.clientSecretAdded, id, ["secret": secret.name])) { $0.secrets.append(secret) }
    }
    return items
  }
}
