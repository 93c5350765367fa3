package import TesseraJOSE
import TesseraSupport

/// What is to change of a resource; nil leaves as it is.
package struct ResourceUpdate: Sendable {
  /// What it is, for people.
  package var description: DisplayName?
  /// The only format of tokens that it takes; `.some(nil)` for that of the client.
  package var tokenFormat: TokenFormat??
  /// The algorithm that JWTs for it are signed by; `.some(nil)` for the server's.
  package var signingAlgorithm: SigningAlgorithm??
  /// The type that JWTs for it say they are of.
  package var jwtType: JWTType?
  /// The version that this is based on; nil for whatever there is.
  package var ifVersion: Int?

  package init() {}
}

extension Administration {
  /// Adds an API that tokens can be for.
  ///
  /// A key for its algorithm is published at once and used once that is known everywhere.
  package func createResource(
    _ resource: Resource,
    description: DisplayName,
    tokenFormat: TokenFormat? = nil,
    signingAlgorithm: SigningAlgorithm? = nil,
    jwtType: JWTType = .accessToken
  ) async throws(AdministrationError) -> ResourceDefinition {
    let definition = ResourceDefinition(
      resource: resource,
      description: description.text,
      tokenFormat: tokenFormat,
      signingAlgorithm: signingAlgorithm,
      jwtType: jwtType,
      createdAt: clock.now
    )
    let audit = event(
      .resourceCreated,
      resource.uri,
      details(description, tokenFormat, signingAlgorithm, jwtType)
    )
    let key = try await missingKey(for: signingAlgorithm)
    try await ask(about: .resource, await store.insertResource(definition, with: key, audit: audit))
    return definition
  }

  /// Changes an API.
  ///
  /// Tokens stay as they are; new ones are as it says.
  package func updateResource(
    _ resource: Resource,
    _ update: ResourceUpdate
  ) async throws(AdministrationError) -> ResourceDefinition {
    guard
      update.description != nil || update.tokenFormat != nil || update.signingAlgorithm != nil
        || update.jwtType != nil
    else {
      throw .invalid(nil, "no change was given")
    }
    if update.tokenFormat != nil || update.signingAlgorithm != nil,
      var definition = try await resources().first(where: { $0.resource == resource })
    {
      if let tokenFormat = update.tokenFormat { definition.tokenFormat = tokenFormat }
      if let signingAlgorithm = update.signingAlgorithm { definition.signingAlgorithm = signingAlgorithm }
      try await checkTokens(with: definition)
    }
    return try await changeResource(
      resource,
      ifVersion: update.ifVersion,
      with: try await missingKey(for: update.signingAlgorithm ?? nil),
      audit: event(
        .resourceUpdated,
        resource.uri,
        details(
          update.description,
          update.tokenFormat ?? nil,
          update.signingAlgorithm ?? nil,
          update.jwtType
        )
      )
    ) { definition throws(AdministrationError) in
      guard definition.retiredAt == nil else { throw .conflict("resource \(resource) is retired") }
      if let description = update.description { definition.description = description.text }
      if let tokenFormat = update.tokenFormat { definition.tokenFormat = tokenFormat }
      if let signingAlgorithm = update.signingAlgorithm { definition.signingAlgorithm = signingAlgorithm }
      if let jwtType = update.jwtType { definition.jwtType = jwtType }
    }
  }

  /// Makes no more tokens for an API.
  ///
  /// Its scopes are granted no more. Tokens that are for it stay valid until they expire; with `revokingTokens`, all
  /// tokens of the clients that may ask for a scope of it become inactive.
  package func retireResource(
    _ resource: Resource,
    revokingTokens: Bool = false,
    ifVersion version: Int? = nil
  ) async throws(AdministrationError) {
    let now = clock.now
    try await changeResource(
      resource,
      ifVersion: version,
      revokingTokens: revokingTokens,
      audit: event(.resourceRetired, resource.uri, revokingTokens ? ["tokens": "revoked"] : [:])
    ) { definition throws(AdministrationError) in
      guard definition.retiredAt == nil else { throw .conflict("resource \(resource) is already retired") }
      definition.retiredAt = now
    }
  }

  /// Throws unless there is an API with this URI that is not retired.
  func checkResource(
    _ resource: Resource,
    of field: AdministrationError.Field = .resource
  ) async throws(AdministrationError) {
    let known = try await resources().filter { $0.retiredAt == nil }.map(\.resource)
    guard known.contains(resource) else {
      let choices = known.map(\.uri).joined(separator: ", ")
      throw .invalid(field, "there is no resource '\(resource)'; there are: \(choices)")
    }
  }

  private func details(
    _ description: DisplayName?,
    _ tokenFormat: TokenFormat?,
    _ signingAlgorithm: SigningAlgorithm?,
    _ jwtType: JWTType?
  ) -> [String: String] {
    var details: [String: String] = [:]
    details["description"] = description?.text
    details["token_format"] = tokenFormat?.rawValue
    details["signing_algorithm"] = signingAlgorithm?.name
    details["jwt_type"] = jwtType?.rawValue
    return details
  }
}
