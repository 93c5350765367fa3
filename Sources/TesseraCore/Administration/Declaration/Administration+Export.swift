/// What there is, as it would be declared.
extension Administration {
  /// The members of an entry, in the order in which they are written.
  package typealias DeclaredMembers = [(name: String, value: DeclaredValue)]

  /// Calls this for each resource, then each scope, then the clients some at a time, until all are told.
  ///
  /// Retired resources and scopes are among them, the management API and its operators are not. Returns how many
  /// operators were left out.
  @discardableResult
  package func export(
    _ write: (DeclaredKind, [DeclaredMembers]) async throws -> Void
  ) async throws -> Int {
    let resources = try await resources().filter { $0.resource.uri != Administration.managementResource }
    try await write(.resources, resources.map(\.declaredMembers))
    let all = try await scopes()
    let scopes = all.filter { $0.resource.uri != Administration.managementResource }
    try await write(.scopes, scopes.map(\.declaredMembers))
    let ofOperators = Set(all.map(\.scope)).subtracting(scopes.map(\.scope))
    var operators = 0
    var last: ClientID?
    repeat {
      let page = try await clients(after: last, limit: Administration.clientsAtOnce)
      let clients = page.elements.filter { !$0.scopes.scopes.contains(where: ofOperators.contains) }
      operators += page.elements.count - clients.count
      try await write(.clients, clients.map(\.declaredMembers))
      last = page.next
    } while last != nil
    return operators
  }
}

extension DeclaredField {
  fileprivate static func said(_ fields: [Self], of record: Record) -> Administration.DeclaredMembers {
    fields.compactMap { field in field.said(of: record).map { (field.name, $0) } }
  }
}

extension ResourceDefinition {
  fileprivate var declaredMembers: Administration.DeclaredMembers {
    [("uri", .text(resource.uri))] + DeclaredField.said(ResourceDefinition.declaredFields, of: self)
  }
}

extension ScopeDefinition {
  fileprivate var declaredMembers: Administration.DeclaredMembers {
    [("name", .text(scope.name))] + DeclaredField.said(ScopeDefinition.declaredFields, of: self)
  }
}

extension Client {
  /// What is said of its secret, where one made by the file would have one and it has none, or the other way round.
  fileprivate var declaredMembers: Administration.DeclaredMembers {
    let secret: Administration.DeclaredMembers =
      secrets.isEmpty != needsSecret || isPublic
      ? [] : [("secret", .text(secrets.isEmpty ? "none" : "generated"))]
    return [("name", .text(name)), ("client_id", .text(id.rawValue))] + secret
      + DeclaredField.said(Client.declaredFields, of: self)
  }
}
