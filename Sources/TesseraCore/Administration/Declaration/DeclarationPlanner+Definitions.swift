/// What becomes of resources and scopes.
extension DeclarationPlanner {
  mutating func planResources(_ entries: [DeclaredEntry]?) throws(DeclarationError) {
    let present = rules.resources
    var listed: Set<Resource> = []
    for entry in entries ?? [] {
      let uri = entry.text("uri") ?? ""
      let resource: Resource
      if let known = Resource(stored: uri), present[known] != nil {
        resource = known
      } else {
        resource = try entry.located("uri") { () throws(AdministrationError) in try Resource(new: uri) }
      }
      guard uri != Administration.managementResource else {
        throw DeclarationError(at: entry.place(of: "uri"), "the management API is not declared in a file")
      }
      guard listed.insert(resource).inserted else {
        throw DeclarationError(at: entry.place(of: "uri"), "resource '\(uri)' is listed twice")
      }
      let earlier = present[resource]
      var definition =
        earlier ?? ResourceDefinition(resource: resource, description: "", createdAt: rules.now)
      try set(entry, of: &definition, ResourceDefinition.declaredFields)
      let differences = differences(from: earlier, to: definition, ResourceDefinition.declaredFields)
      rules.resources[resource] = definition
      guard earlier == nil || !differences.isEmpty else { continue }
      guard earlier?.retiredAt == nil else {
        throw DeclarationError(at: entry.place, "resource '\(uri)' is retired, and can no longer be changed")
      }
      definition.version = earlier.map { $0.version + 1 } ?? 1
      add(
        .resources,
        uri,
        differences,
        retires: definition.retiredAt != nil,
        .resource(from: earlier, to: definition)
      )
    }
    for definition in resources where !listed.contains(definition.resource) && definition.retiredAt == nil {
      let uri = definition.resource.uri
      guard uri != Administration.managementResource else { continue }
      guard prunes, entries != nil else {
        unlisted[.resources, default: .init()].add(uri)
        continue
      }
      var retired = definition
      retired.retiredAt = rules.now
      retired.version += 1
      rules.resources[definition.resource] = retired
      pruned.resources.insert(uri)
      add(.resources, uri, [], retires: true, .resource(from: definition, to: retired))
    }
  }

  mutating func planScopes(_ entries: [DeclaredEntry]?) throws(DeclarationError) {
    let present = rules.scopes
    var listed: Set<Scope> = []
    for entry in entries ?? [] {
      let name = entry.text("name") ?? ""
      let scope = try entry.located("name") { () throws(AdministrationError) in try Scope(name, of: .name) }
      guard !rules.isOfOperators(scope) else {
        throw DeclarationError(
          at: entry.place(of: "name"),
          "scopes of the management API are not declared in a file"
        )
      }
      guard listed.insert(scope).inserted else {
        throw DeclarationError(at: entry.place(of: "name"), "scope '\(name)' is listed twice")
      }
      let earlier = present[scope]
      var definition = if let earlier { earlier } else { try newScope(scope, entry) }
      try set(entry, of: &definition, ScopeDefinition.declaredFields)
      if definition.retiredAt == nil, pruned.resources.contains(definition.resource.uri) {
        throw DeclarationError(
          at: entry.place(of: "resource"),
          "resource '\(definition.resource)' is not listed, and would be retired"
        )
      }
      let differences = differences(from: earlier, to: definition, ScopeDefinition.declaredFields)
      rules.scopes[scope] = definition
      guard earlier == nil || !differences.isEmpty else { continue }
      guard earlier?.retiredAt == nil else {
        throw DeclarationError(at: entry.place, "scope '\(name)' is retired, and can no longer be changed")
      }
      add(
        .scopes,
        name,
        differences,
        retires: definition.retiredAt != nil,
        .scope(from: earlier, to: definition)
      )
    }
    for definition in scopes where !listed.contains(definition.scope) && definition.retiredAt == nil {
      guard !rules.isOfOperators(definition.scope) else { continue }
      guard prunes, entries != nil else {
        unlisted[.scopes, default: .init()].add(definition.scope.name)
        continue
      }
      var retired = definition
      retired.retiredAt = rules.now
      rules.scopes[definition.scope] = retired
      pruned.scopes.insert(definition.scope.name)
      add(.scopes, definition.scope.name, [], retires: true, .scope(from: definition, to: retired))
    }
  }

  private func newScope(_ scope: Scope, _ entry: DeclaredEntry) throws(DeclarationError) -> ScopeDefinition {
    let resource = try entry.located("resource") { () throws(AdministrationError) in
      let resource = try Resource(existing: entry.text("resource") ?? "")
      try rules.require(resource, of: .resource)
      return resource
    }
    return ScopeDefinition(scope: scope, description: "", resource: resource, createdAt: rules.now)
  }

  private mutating func add(
    _ kind: DeclaredKind,
    _ name: String,
    _ differences: [DeclarationPlan.Difference],
    retires: Bool,
    _ step: DeclarationPlan.Change.Step
  ) {
    let isNew =
      switch step {
      case .resource(nil, _), .scope(nil, _): true
      default: false
      }
    changes.append(
      Change(
        action: isNew ? .create : retires ? .retire : .update,
        kind: kind,
        name: name,
        differences: differences,
        hasKnownID: false,
        step: step
      )
    )
  }
}
