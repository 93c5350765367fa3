import TesseraJOSE
import TesseraSupport

extension Administration {
  /// How many clients are written at once: a store commits together what waits together.
  private static let importedAtOnce = 8

  /// Registers clients as another service had them, with their identifiers and secrets.
  ///
  /// Each is written by itself, with its audit event. When this ends early, the same call goes on where it stopped: who is
  /// here already is left alone. Throws before anything is written when two have one identifier. `progress` is told how many
  /// of them are done.
  package func importClients(
    _ found: [ForeignClient],
    _ settings: ClientImport,
    progress: (_ done: Int) -> Void = { _ in }
  ) async throws(AdministrationError) -> ImportReport {
    try checkRepetitions(in: found)
    _ = try await checkedScopes(settings.addedScopes, mayBeNone: true)
    if let resource = settings.resourceOfNewScopes { try await checkResource(resource) }
    var plan = try await importPlan(for: found, settings)
    // All is decided before anything is written.
    var clients: [(client: Client, found: ForeignClient)] = []
    for one in found {
      guard let client = try plan.take(one) else { continue }
      clients.append((client, one))
    }
    let facts = try await tokenFacts(adding: plan.newScopes, of: settings.resourceOfNewScopes)
    clients = clients.filter { client, found in
      do throws(AdministrationError) {
        try facts.checkTokens(of: client)
        return true
      } catch {
        _ = plan.refuse(found, error.description)
        return false
      }
    }
    let used = Set(clients.flatMap(\.client.scopes.scopes))
    let newScopes = plan.newScopes.filter(used.contains)
    if let resource = settings.resourceOfNewScopes, !settings.isDryRun {
      for scope in newScopes {
        _ = try await createScope(
          scope,
          description: DisplayName(scope.name, of: .description),
          resource: resource
        )
      }
    }
    let hasher = try await ask(about: .server, await secretHasher())
    var rest = clients[...]
    var done = 0
    while !rest.isEmpty {
      var batch: [(client: Client, found: ForeignClient)] = []
      for (client, found) in rest.prefix(Administration.importedAtOnce) {
        var client = client
        if let hash = await importedHash(found, hasher, settings, &plan) {
          client.secrets = [
            StoredSecret(
              name: DisplayName.firstSecret.text,
              hash: hash.hash,
              createdAt: client.createdAt,
              expiresAt: nil,
              prefix: hash.prefix
            )
          ]
        }
        batch.append((client, found))
      }
      rest = rest.dropFirst(batch.count)
      if !settings.isDryRun { done += try await insert(batch, from: settings.source, after: done, &plan) }
      if settings.isDryRun { done += batch.count }
      progress(done)
    }
    var report = plan.report
    report.takenOver = done
    report.newScopes = newScopes
    return report
  }

  private func checkRepetitions(in found: [ForeignClient]) throws(AdministrationError) {
    var places: [String: String] = [:]
    for client in found {
      if let earlier = places.updateValue(client.place, forKey: client.id) {
        throw .invalid(
          .clientID,
          "\(client.place): the client ID '\(client.id)' stands at \(earlier) already"
        )
      }
    }
  }

  /// What is known here of the clients of a file; as much is kept in memory as the file has.
  private func importPlan(
    for found: [ForeignClient],
    _ settings: ClientImport
  ) async throws(AdministrationError) -> ImportPlan {
    let granted = Set(try await grantedScopes())
    let all = Set(try await scopes().map(\.scope))
    var plan = ImportPlan(
      settings,
      found: found.count,
      lifetime: lifetime,
      now: clock.now,
      granted: granted,
      retired: all.subtracting(granted)
    )
    let identifiers = Set(found.compactMap { ClientID($0.id) })
    let names = Set(found.map { Name.key(of: $0.name ?? $0.id) })
    var last: ClientID?
    repeat {
      let page = try await clients(after: last, limit: Administration.clientsAtOnce)
      for client in page.elements {
        if identifiers.contains(client.id) {
          plan.known[client.id] = ImportPlan.Known(name: client.name, scopes: client.scopes)
        }
        let key = Name.key(of: client.name)
        if names.contains(key) { plan.names.insert(key) }
      }
      last = page.next
    } while last != nil
    return plan
  }

  private func tokenFacts(
    adding scopes: [Scope],
    of resource: Resource?
  ) async throws(AdministrationError) -> TokenFacts {
    let facts = try await tokenFacts()
    guard let resource else { return facts }
    let new = scopes.map {
      ScopeDefinition(scope: $0, description: $0.name, resource: resource, createdAt: clock.now)
    }
    return TokenFacts(scopes: facts.scopes + new, resources: facts.resources)
  }

  /// What is kept of a client's secret, and its first characters where they may be shown.
  private func importedHash(
    _ found: ForeignClient,
    _ hasher: SecretHasher,
    _ settings: ClientImport,
    _ plan: inout ImportPlan
  ) async -> (hash: SecretHash, prefix: String?)? {
    switch found.secret {
    case .missing(let reason):
      plan.remark(found, "it has no secret yet, since \(reason); 'tessera client secret add' makes one")
      return nil
    case .hash(let foreign): return (hasher.hash(of: foreign), nil)
    case .clear(let secret):
      if secret.isWeak {
        plan.remark(
          found,
          "its secret can be guessed: it has some \(Int(secret.estimatedBits)) bits, and a new one has 160"
        )
      }
      guard !settings.isDryRun, !secret.looksGenerated else {
        return (.keyed(hasher.digest(secret.exposed)), secret.shownPrefix)
      }
      let hash = await importer.hash(secret, salt: randomness.bytes(count: 16)) {
        hasher.stretchedDigest($0, salt: $1)
      }
      return (hash, secret.shownPrefix)
    }
  }

  /// Writes some clients, and returns how many are here now.
  private func insert(
    _ batch: [(client: Client, found: ForeignClient)],
    from source: String,
    after done: Int,
    _ plan: inout ImportPlan
  ) async throws(AdministrationError) -> Int {
    let events = batch.map { client, found in
      var details = [
        "name": client.name, "scopes": client.scopes.joined(by: " "), "imported_from": source,
      ]
      if case .hash(let foreign) = found.secret { details["secret_hash"] = foreign.hashing.name }
      return event(.clientCreated, client.id.rawValue, details)
    }
    let outcomes = await withTaskGroup(of: (Int, StoreError?).self) { group in
      for (index, (client, _)) in batch.enumerated() {
        let audit = events[index]
        group.addTask { [store] in
          do throws(StoreError) {
            try await store.insertClient(client, audit: audit)
            return (index, nil)
          } catch {
            return (index, error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var written = 0
    var outage: String?
    for (index, error) in outcomes.sorted(by: { $0.0 < $1.0 }) {
      switch error {
      case nil: written += 1
      case .unavailable(let text)?: outage = text
      case let error?: _ = plan.refuse(batch[index].found, error.description)
      }
    }
    if let outage {
      throw .unavailable(
        "\(outage) \(done + written) clients were taken over until then; the same command goes on from there"
      )
    }
    return written
  }
}
