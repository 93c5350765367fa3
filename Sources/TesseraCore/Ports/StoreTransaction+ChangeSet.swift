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
    let nameless = try clientsThatGiveTheirNamesUp(in: set)
    // They do so before anything else is written, but after the first change was looked at.
    var first = nameless.values.map { Mutation.Write.updateClient($0.nameless) }
    for (index, item) in set.items.enumerated() {
      let given = index == 0 ? nameless.values.map(\.earlier.name) : []
      try write(try mutation(of: item, nameless, given).after(first))
      first = []
    }
  }

  /// A client that gets another name or goes, and the same with a name that no client can have.
  private typealias Nameless = [ClientID: (earlier: Client, nameless: Client)]

  /// Two clients may exchange names, and one may get the name of one that goes; but no two have one name at any moment.
  private func clientsThatGiveTheirNamesUp(in set: ChangeSet) throws(StoreError) -> Nameless {
    var found: Nameless = [:]
    for item in set.items {
      let earlier: Client
      switch item.change {
      case .changeClient(let client, let later) where !client.name.utf8.elementsEqual(later.name.utf8):
        earlier = client
      case .removeClient(let client): earlier = client
      default: continue
      }
      guard found[earlier.id] == nil, try client(earlier.id) == earlier else { continue }
      var nameless = earlier
      nameless.name = "\u{1}\(earlier.id)"
      found[earlier.id] = (earlier, nameless)
    }
    return found
  }

  /// `given` are names that are given up with it.
  private func mutation(
    of item: ChangeSet.Item,
    _ nameless: Nameless,
    _ given: [String]
  ) throws(StoreError) -> Mutation {
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
        namesakes: try namesakes(of: client, but: given),
        after: try clientNotBefores(of: [client.id]).first,
        audit: audit
      )
    case .changeClient(let earlier, let client):
      try requireUnchanged(earlier, nameless)
      return try .updating(
        earlier,
        to: client,
        namesakes: try namesakes(of: client, but: given),
        audit: audit
      )
    case .removeClient(let client):
      try requireUnchanged(client, nameless)
      return try .deleting(client.id, found: client.version, client: client, ifVersion: nil, audit: audit)
    }
  }

  private func requireUnchanged(_ client: Client, _ nameless: Nameless) throws(StoreError) {
    let found = try self.client(client.id)
    if found == client { return }
    guard let known = nameless[client.id], found == known.nameless, client == known.earlier else {
      throw .changedMeanwhile("client \(client.id)")
    }
  }

  private func namesakes(of client: Client, but given: [String]) throws(StoreError) -> [String] {
    try namesakes(of: client).filter { name in !given.contains { $0.utf8.elementsEqual(name.utf8) } }
  }
}

extension StoreError {
  /// What was decided by is no longer so.
  static func changedMeanwhile(_ what: String) -> StoreError {
    .conflict("\(what) changed meanwhile; nothing was done, so run it again")
  }
}
