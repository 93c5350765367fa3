/// What is to change of a resource; nil leaves as it is.
package struct ResourceUpdate: Sendable {
  /// What it is, for people.
  package var description: String?
  /// The only format of tokens that it takes; `.some(nil)` for that of the client.
  package var tokenFormat: TokenFormat??
  /// The algorithm that JWTs for it are signed by; `.some(nil)` for the server's.
  package var signingAlgorithm: SigningAlgorithm??
  /// The type that JWTs for it say they are of.
  package var jwtType: JWTType?

  package init() {}
}

extension Administration {
  /// Adds an API that tokens can be for.
  ///
  /// A key for its algorithm is published at once and used once that is known everywhere.
  package func createResource(
    _ uri: String,
    description: String,
    tokenFormat: TokenFormat? = nil,
    signingAlgorithm: SigningAlgorithm? = nil,
    jwtType: JWTType = .accessToken
  ) async throws(StoreError) -> ResourceDefinition {
    let definition = ResourceDefinition(
      resource: try parsedResource(uri),
      description: try checkedName(description, of: "a description"),
      tokenFormat: tokenFormat,
      signingAlgorithm: signingAlgorithm,
      jwtType: jwtType,
      createdAt: clock.now
    )
    try await store.insertResource(
      definition,
      with: try await missingKey(for: signingAlgorithm),
      audit: event(
        .resourceCreated,
        uri,
        details(definition.description, tokenFormat, signingAlgorithm, jwtType)
      )
    )
    return definition
  }

  /// Changes an API.
  ///
  /// Tokens stay as they are; new ones are as it says.
  package func updateResource(_ uri: String, _ update: ResourceUpdate) async throws(StoreError)
    -> ResourceDefinition
  {
    let resource = try registeredResource(uri)
    let description = try update.description.map { text throws(StoreError) in
      try checkedName(text, of: "a description")
    }
    guard
      description != nil || update.tokenFormat != nil || update.signingAlgorithm != nil
        || update.jwtType != nil
    else {
      throw .invalid("no change was given")
    }
    if update.tokenFormat != nil || update.signingAlgorithm != nil,
      var definition = try await store.resources().first(where: { $0.resource == resource })
    {
      if let tokenFormat = update.tokenFormat { definition.tokenFormat = tokenFormat }
      if let signingAlgorithm = update.signingAlgorithm { definition.signingAlgorithm = signingAlgorithm }
      try await checkTokens(with: definition)
    }
    return try await store.updateResource(
      resource,
      with: try await missingKey(for: update.signingAlgorithm ?? nil),
      revokingTokens: false,
      audit: event(
        .resourceUpdated,
        uri,
        details(description, update.tokenFormat ?? nil, update.signingAlgorithm ?? nil, update.jwtType)
      )
    ) { definition throws(StoreError) in
      guard definition.retiredAt == nil else { throw .conflict("resource \(resource) is retired") }
      if let description { definition.description = description }
      if let tokenFormat = update.tokenFormat { definition.tokenFormat = tokenFormat }
      if let signingAlgorithm = update.signingAlgorithm { definition.signingAlgorithm = signingAlgorithm }
      if let jwtType = update.jwtType { definition.jwtType = jwtType }
    }
  }

  /// Makes no more tokens for an API.
  ///
  /// Its scopes are granted no more. Tokens that are for it stay valid until they expire; with `revokingTokens`, all
  /// tokens of the clients that may ask for a scope of it become inactive.
  package func retireResource(_ uri: String, revokingTokens: Bool = false) async throws(StoreError) {
    let resource = try registeredResource(uri)
    let now = clock.now
    try await store.updateResource(
      resource,
      with: nil,
      revokingTokens: revokingTokens,
      audit: event(.resourceRetired, uri, revokingTokens ? ["tokens": "revoked"] : [:])
    ) { definition throws(StoreError) in
      guard definition.retiredAt == nil else { throw .conflict("resource \(resource) is already retired") }
      definition.retiredAt = now
    }
  }

  /// The API with this URI, which must exist and not be retired.
  func knownResource(_ uri: String) async throws(StoreError) -> Resource {
    let resource = try registeredResource(uri)
    let known = try await store.resources().filter { $0.retiredAt == nil }.map(\.resource)
    guard known.contains(resource) else {
      let choices = known.map(\.uri).joined(separator: ", ")
      throw .invalid("there is no resource '\(uri)'; there are: \(choices)")
    }
    return resource
  }

  /// The identifier of an API that may be registered, by an earlier version too.
  private func registeredResource(_ text: String) throws(StoreError) -> Resource {
    guard let resource = Resource(stored: text) else { throw .notFound("there is no resource '\(text)'") }
    return resource
  }

  private func details(
    _ description: String?,
    _ tokenFormat: TokenFormat?,
    _ signingAlgorithm: SigningAlgorithm?,
    _ jwtType: JWTType?
  ) -> [String: String] {
    var details: [String: String] = [:]
    details["description"] = description
    details["token_format"] = tokenFormat?.rawValue
    details["signing_algorithm"] = signingAlgorithm?.name
    details["jwt_type"] = jwtType?.rawValue
    return details
  }
}
