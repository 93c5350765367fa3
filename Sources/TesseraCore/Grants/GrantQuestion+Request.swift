extension GrantQuestion {
  /// The most bytes of a text that is remembered: what is longer is worked out again each time.
  private static let longestScope = 1024

  /// Nil for a request that names resources, which is rare, no scope, or scopes in a very long text.
  init?(_ request: GrantRequest) {
    guard !request.parameters.has(.resource), !request.parameters.has(.audience),
      let scope = request.parameters.bytes(.scope), scope.count <= GrantQuestion.longestScope
    else { return nil }
    self.init(scope: scope, dialect: request.dialect.name)
  }
}
