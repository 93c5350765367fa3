/// Which of the clients that there are is meant by which entry: by its identifier where that is said, else by its name.
struct DeclaredClients {
  let entries: [DeclaredEntry]
  /// The clients that go because no entry means them.
  private(set) var pruned: [Client] = []
  /// The clients that no entry means and that are left alone.
  private(set) var unlisted = DeclarationPlan.Unlisted()
  private let prunes: Bool
  private var indexByID: [ClientID: Int] = [:]
  private var indexByName: [String: Int] = [:]
  private var matches: [Int: Client] = [:]
  private var namesakes: [Int: Client] = [:]

  /// `entries` is nil when no file lists clients, and then none goes.
  ///
  /// Throws when two have one identifier or one name.
  init(_ entries: [DeclaredEntry]?, pruning prunes: Bool) throws(DeclarationError) {
    self.entries = entries ?? []
    self.prunes = prunes && entries != nil
    for (index, entry) in self.entries.enumerated() {
      let name = entry.text("name") ?? ""
      // Of clients that were registered before names were compared as they are now, several may have one.
      if let other = indexByName.updateValue(index, forKey: Name.key(of: name)),
        [index, other].contains(where: { self.entries[$0].members["client_id"] == nil })
      {
        throw DeclarationError(
          at: entry.place(of: "name"),
          "another client is called '\(name)' too, at \(self.entries[other].place)"
        )
      }
      guard let id = entry.text("client_id").flatMap(ClientID.init) else { continue }
      if let other = indexByID.updateValue(index, forKey: id) {
        throw DeclarationError(
          at: entry.place(of: "client_id"),
          "another client has the ID '\(id)' too, at \(self.entries[other].place)"
        )
      }
    }
  }

  /// Takes in a client that there is.
  mutating func take(_ client: Client, isOperator: Bool) throws(DeclarationError) {
    let byID = indexByID[client.id]
    let byName = byID == nil ? indexByName[Name.key(of: client.name)] : nil
    if isOperator {
      guard let index = byID ?? byName else { return }
      throw DeclarationError(
        at: entries[index].place,
        "client \(client.id) is an operator's, which is not declared in a file: see 'tessera operator'"
      )
    }
    if let byID {
      matches[byID] = client
    } else if let byName, entries[byName].members["client_id"] == nil {
      try take(client, at: byName)
    } else {
      if let byName { namesakes[byName] = client }
      leave(client)
    }
  }

  /// The client that an entry means; nil for a new one.
  func match(at index: Int) throws(DeclarationError) -> Client? {
    let match = matches[index]
    guard let other = namesakes[index] else { return match }
    // Those that had one name before names were compared as they are now may keep it.
    if let match, Name.key(of: match.name) == Name.key(of: other.name) { return match }
    throw DeclarationError(
      at: entries[index].place(of: "name"),
      "client \(other.id) is called '\(other.name)' already"
    )
  }

  private mutating func take(_ client: Client, at index: Int) throws(DeclarationError) {
    guard let earlier = matches.updateValue(client, forKey: index) else { return }
    let name = entries[index].text("name") ?? ""
    let exact = [earlier, client].filter { $0.name.utf8.elementsEqual(name.utf8) }
    guard exact.count == 1, let meant = exact.first else {
      throw DeclarationError(
        at: entries[index].place(of: "name"),
        "clients \(earlier.id) and \(client.id) are both called '\(name)': say which by client_id"
      )
    }
    matches[index] = meant
    leave(meant == client ? earlier : client)
  }

  private mutating func leave(_ client: Client) {
    if prunes { pruned.append(client) } else { unlisted.add(client.name) }
  }
}
