import TesseraJOSE

/// What a declaration is checked by: the scopes and resources that there will be, and what the server has.
struct DeclarationRules: Sendable {
  let administration: Administration
  let now: Timestamp
  var scopes: [Scope: ScopeDefinition] = [:]
  var resources: [Resource: ResourceDefinition] = [:]

  /// Throws unless tokens can be for this API.
  func require(_ resource: Resource, of field: AdministrationError.Field) throws(AdministrationError) {
    guard let definition = resources[resource] else {
      throw .invalid(field, "there is no resource '\(resource)'")
    }
    guard definition.retiredAt == nil else { throw .invalid(field, "resource '\(resource)' is retired") }
    guard resource.uri != Administration.managementResource else { throw .operators(field) }
  }

  /// Throws unless tokens can have this scope.
  func require(_ scope: Scope) throws(AdministrationError) {
    guard let definition = scopes[scope] else { throw .invalid(.scopes, "there is no scope '\(scope)'") }
    guard definition.retiredAt == nil else { throw .invalid(.scopes, "scope '\(scope)' is retired") }
    guard !isOfOperators(definition.scope) else { throw .operators(.scopes) }
  }

  /// Whether it is a scope of the management API.
  func isOfOperators(_ scope: Scope) -> Bool {
    scopes[scope]?.resource.uri == Administration.managementResource
  }

  /// Whether a client can administer, and so is none of an application.
  func isOperator(_ client: Client) -> Bool { client.scopes.scopes.contains(where: isOfOperators) }
}

extension AdministrationError {
  /// Whoever could change the file would make operators.
  fileprivate static func operators(_ field: Field) -> AdministrationError {
    .invalid(field, "what operators may do is not declared in a file: see 'tessera operator create'")
  }
}
