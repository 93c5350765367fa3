/// What input has to be like. What is refused is named in a text for operators.
extension Administration {
  /// The identifier of a new client.
  ///
  /// No blank at its ends, although RFC 6749 would allow it: HTTP takes those away, as from `X-Auth-Client-Id`.
  func parsedClientID(_ text: String) throws(StoreError) -> ClientID {
    guard let id = ClientID(text), !text.hasPrefix(" "), !text.hasSuffix(" ") else {
      throw .invalid("a client ID has 1 to 255 visible ASCII characters, with spaces only between them")
    }
    return id
  }

  /// A name in the form in which it is kept, see `Name`.
  func checkedName(_ name: String, of subject: String = "a name") throws(StoreError) -> String {
    do throws(Name.Problem) {
      return try Name.checked(name)
    } catch {
      throw .invalid("\(subject) \(error)")
    }
  }

  func checkedLifetime(_ seconds: Int) throws(StoreError) -> Int {
    guard (TokenLifetime.shortest...lifetime.longest).contains(seconds) else {
      throw .invalid("a token lifetime is \(TokenLifetime.shortest) to \(lifetime.longest) seconds")
    }
    return seconds
  }

  func parsedScope(_ name: String) throws(StoreError) -> Scope {
    guard let scope = Scope(name) else {
      throw .invalid(
        "'\(name)' is not a scope name: 1 to \(Scope.maximumLength) visible ASCII characters "
          + "without space, comma, quote and backslash"
      )
    }
    return scope
  }

  /// The scopes of a new client, which only a resource server needs none of.
  func checkedScopes(_ registration: ClientRegistration) async throws(StoreError) -> ScopeSet {
    if registration.scopes.isEmpty, !registration.introspectedResources.isEmpty { return [] }
    return try await checkedScopes(registration.scopes)
  }

  /// The APIs of these URIs.
  func checkedResources(_ uris: [String]) async throws(StoreError) -> [Resource] {
    guard uris.count <= 64 else { throw .invalid("a client can introspect the tokens of at most 64 APIs") }
    var resources: [Resource] = []
    for uri in uris {
      let resource = try await knownResource(uri)
      if !resources.contains(resource) { resources.append(resource) }
    }
    return resources
  }

  /// Scopes that a client gets by default: of those it may ask for.
  func checkedDefaults(_ names: [String], of allowed: ScopeSet) throws(StoreError) -> ScopeSet {
    var scopes = ScopeSet()
    for name in names {
      let scope = try parsedScope(name)
      guard allowed.contains(scope) else {
        throw .invalid("the default scope '\(name)' is not one that the client may request")
      }
      scopes.insert(scope)
    }
    return scopes
  }

  /// Claims that a client has of its own: none that means something to the server or to RFC 9068.
  func checkedClaims(_ claims: [String: String]) throws(StoreError) -> [String: String] {
    var checked: [String: String] = [:]
    guard claims.count <= 16 else { throw .invalid("a client has at most 16 claims") }
    guard Set(claims.keys.map { $0.lowercased() }).count == claims.count else {
      throw .invalid("two claims differ only in case, and some libraries take them for one")
    }
    for (name, value) in claims {
      guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(\.isNQCHAR) else {
        throw .invalid(
          "'\(name)' is not the name of a claim: 1 to 64 visible ASCII characters without quotes"
        )
      }
      // Go's encoding/json, among others, reads `Sub` as `sub`.
      guard !Administration.reservedClaims.contains(name.lowercased()) else {
        throw .invalid("the claim '\(name)' is set by the server itself")
      }
      checked[name] = try checkedName(value, of: "the value of a claim")
    }
    return checked
  }

  /// The claims of RFC 7519 §4.1, RFC 9068 §2.2, RFC 7662 §2.2, RFC 8693 §4 and RFC 7800.
  private static let reservedClaims: Set<String> = [
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "auth_time", "acr", "amr",
    "groups",
    "roles", "entitlements", "active", "username", "token_type", "act", "may_act", "cnf",
  ]

  /// The identifier of an API that is to be registered.
  func parsedResource(_ text: String) throws(StoreError) -> Resource {
    guard let resource = Resource(text) else {
      throw .invalid(
        "'\(text)' is neither an absolute URI without fragment, such as https://api.example.com, nor a plain name "
          + "of letters, digits, - and _, such as rabbitmq"
      )
    }
    return resource
  }

  /// The scopes of these names, all of which must exist and not be retired.
  func checkedScopes(_ names: [String]) async throws(StoreError) -> ScopeSet {
    guard !names.isEmpty else { throw .invalid("a client needs at least one scope") }
    guard names.count <= ScopeSet.maximumCount else {
      throw .invalid("a client has at most \(ScopeSet.maximumCount) scopes")
    }
    let known = try await store.scopes()
    var scopes = ScopeSet()
    for name in names {
      let scope = try parsedScope(name)
      guard let definition = known.first(where: { $0.scope == scope }) else {
        let choices = known.filter { $0.retiredAt == nil }.map(\.scope.name).joined(separator: ", ")
        throw .invalid("there is no scope '\(name)'; there are: \(choices)")
      }
      guard definition.retiredAt == nil else { throw .invalid("scope '\(name)' is retired") }
      scopes.insert(scope)
    }
    return scopes
  }
}
