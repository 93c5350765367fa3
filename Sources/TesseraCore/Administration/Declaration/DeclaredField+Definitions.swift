import TesseraJOSE

extension ResourceDefinition {
  /// What can be declared of a resource, in the order in which it is written.
  package static let declaredFields: [DeclaredField<ResourceDefinition>] = [
    .text("description", \.description) { definition, text, _ throws(AdministrationError) in
      if text != definition.description {
        definition.description = try DisplayName(text, of: .description).text
      }
    },
    .choice("token_format", of: TokenFormat.allCases.map(\.rawValue), { $0.tokenFormat?.rawValue }) {
      definition,
      name,
      _ in
      definition.tokenFormat = name.flatMap(TokenFormat.init)
    },
    .choice("signing_algorithm", of: SigningAlgorithm.ofTokens.map(\.name), { $0.signingAlgorithm?.name }) {
      definition,
      name,
      _ in
      definition.signingAlgorithm = name.flatMap { SigningAlgorithm($0) }
    },
    .choice(
      "jwt_type",
      of: JWTType.allCases.map(\.rawValue),
      standard: JWTType.accessToken.rawValue,
      { $0.jwtType.rawValue }
    ) { definition, name, _ in
      definition.jwtType = name.flatMap(JWTType.init) ?? .accessToken
    },
    .boolean("retired", standard: false, { $0.retiredAt != nil }) {
      definition,
      isRetired,
      rules throws(AdministrationError) in
      definition.retiredAt = try rules.retirement(isRetired, definition.retiredAt)
    },
  ]
}

extension ScopeDefinition {
  /// What can be declared of a scope, in the order in which it is written.
  package static let declaredFields: [DeclaredField<ScopeDefinition>] = [
    .text("description", \.description) { definition, text, _ throws(AdministrationError) in
      if text != definition.description {
        definition.description = try DisplayName(text, of: .description).text
      }
    },
    .text("resource", \.resource.uri) { definition, uri, _ throws(AdministrationError) in
      guard uri == definition.resource.uri else {
        throw .invalid(
          .resource,
          "scope '\(definition.scope)' belongs to resource '\(definition.resource)' for good: add another scope"
        )
      }
    },
    .boolean("retired", standard: false, { $0.retiredAt != nil }) {
      definition,
      isRetired,
      rules throws(AdministrationError) in
      definition.retiredAt = try rules.retirement(isRetired, definition.retiredAt)
    },
  ]
}

extension DeclarationRules {
  /// When something is retired that is to be retired or not.
  fileprivate func retirement(
    _ isRetired: Bool,
    _ earlier: Timestamp?
  ) throws(AdministrationError) -> Timestamp? {
    guard isRetired || earlier == nil else {
      throw .invalid(nil, "it is retired, which is for good: leave it out, or say 'retired: true'")
    }
    return isRetired ? earlier ?? now : nil
  }
}
