extension StoreTransaction {
  /// Makes the changes of a set, as `Store.apply` does.
  func apply(_ set: ChangeSet) throws(StoreError) {
    let scopes = Dictionary(uniqueKeysWithValues: try scopes().map { ($0.scope, $0) })
    guard scopes == Dictionary(uniqueKeysWithValues: set.scopes.map { ($0.scope, $0) }) else {
      throw .changedMeanwhile("the scopes")
    }
    let resources = Dictionary(uniqueKeysWithValues: try resources().map { ($0.resource, $0) })
    guard resources == Dictionary(uniqueKeysWithValues: set.resources.map { ($0.resource, $0) }) else {
      throw .changedMeanwhile("the resources")
    }
    try write(try Mutation.changingKeys(set.keys, among: try keys(), in: try serverState()))
    for item in set.items { try write(try mutation(of: item)) }
    try checkNames(of: set)
  }

  private func mutation(of item: ChangeSet.Item) throws(StoreError) -> Mutation {
    let audit = item.audit
    switch item.change {
    case .addResource(let definition):
      let isTaken = try resource(definition.resource) != nil
      return try .inserting(definition, isTaken: isTaken, audit: audit)
    case .changeResource(let earlier, let definition):
      guard try resource(earlier.resource) == earlier else {
        throw .changedMeanwhile("resource \(earlier.resource)")
      }
      return .updating(earlier, to: definition, audit: audit)
    case .addScope(let definition):
      return try .inserting(definition, isTaken: try scope(definition.scope) != nil, audit: audit)
    case .changeScope(let earlier, let definition):
      guard try scope(earlier.scope) == earlier else { throw .changedMeanwhile("scope \(earlier.scope)") }
      return .updating(earlier, to: definition, audit: audit)
    case .addClient(let client):
      return try .inserting(
        client,
        isTaken: try version(of: client.id) != nil,
        namesakes: [],
        after: try clientNotBefores(of: [client.id]).first,
        audit: audit
      )
    case .changeClient(let earlier, let client):
      try requireUnchanged(earlier)
      return try .updating(earlier, to: client, namesakes: [], audit: audit)
    case .removeClient(let client):
      try requireUnchanged(client)
      return try .deleting(client.id, found: client.version, client: client, ifVersion: nil, audit: audit)
    }
  }

  private func requireUnchanged(_ client: Client) throws(StoreError) {
    guard try self.client(client.id) == client else { throw .changedMeanwhile("client \(client.id)") }
  }

  /// Throws `conflict` when a client has the name of another after all of it.
  ///
  /// Not before: two clients may change names, and one may get the name of one that goes.
  private func checkNames(of set: ChangeSet) throws(StoreError) {
    for item in set.items {
      switch item.change {
      case .addClient(let client):
        try Mutation.checkName(of: client, since: nil, namesakes: try namesakes(of: client))
      case .changeClient(let earlier, let client)
      where !earlier.name.utf8.elementsEqual(client.name.utf8):
        try Mutation.checkName(of: client, since: earlier, namesakes: try namesakes(of: client))
      default: break
      }
    }
  }
}

extension StoreError {
  /// What was decided by is no longer so.
  static func changedMeanwhile(_ what: String) -> StoreError {
    .conflict("\(what) changed meanwhile; nothing was done, so run it again")
  }
}
