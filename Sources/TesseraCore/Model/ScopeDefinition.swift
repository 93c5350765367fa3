package import TesseraJOSE

/// A scope that the server knows.
package struct ScopeDefinition: Sendable, Equatable {
  /// Its name.
  package let scope: Scope
  /// A description, for people, of what it gives access to.
  package var description: String
  /// The API that takes tokens with it.
  package var resource: Resource
  /// When it was created.
  package let createdAt: Timestamp
  /// Since when it is no longer granted; nil while it is.
  package var retiredAt: Timestamp?

  package init(
    scope: Scope,
    description: String,
    resource: Resource,
    createdAt: Timestamp,
    retiredAt: Timestamp? = nil
  ) {
    self.scope = scope
    self.description = description
    self.resource = resource
    self.createdAt = createdAt
    self.retiredAt = retiredAt
  }

  /// The same with a resource in memory of its own.
  func unshared() -> ScopeDefinition {
    var definition = self
    definition.resource = resource.unshared
    return definition
  }
}
