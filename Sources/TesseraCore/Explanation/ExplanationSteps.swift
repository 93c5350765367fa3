import TesseraJOSE

/// What is looked at for a token, found out one after another. It decides nothing: the server's own answer stands
/// beside it.
struct ExplanationSteps {
  private let client: Client
  private let facts: ReplicaFacts
  private let now: Timestamp
  private(set) var steps: [Explanation.Step] = []

  /// `source` is where the request comes from; nil where that is not known.
  init(about client: Client, _ facts: ReplicaFacts, from source: SourceAddress?, at now: Timestamp) {
    self.client = client
    self.facts = facts
    self.now = now
    steps.append(.passed(.client, "it is registered as '\(client.name)'"))
    lookAtClient(from: source)
  }

  private var id: String { client.id.rawValue }

  private mutating func lookAtClient(from source: SourceAddress?) {
    steps.append(
      client.isEnabled
        ? .passed(.enabled, "it is enabled")
        : .refused(.enabled, "it is disabled", "tessera client enable \(id)")
    )
    switch client.authenticationMethod {
    case ClientAuthenticationMethod.none:
      steps.append(
        .refused(
          .authenticationMethod,
          "it is public: it cannot prove who it is, and gets no token by client credentials",
          "register another client, with a secret"
        )
      )
    case let method?:
      steps.append(.passed(.authenticationMethod, "it has to authenticate by \(method.rawValue)"))
    case nil:
      steps.append(
        .passed(
          .authenticationMethod,
          client.secrets.isEmpty && hasKeys
            ? "it may authenticate by whatever key it has" : "it may send its secret in either way"
        )
      )
    }
    if client.authenticationMethod != ClientAuthenticationMethod.none { steps.append(credentialStep) }
    if !client.allowedAddresses.isEmpty { steps.append(addressStep(source)) }
    if let quota = client.quota { steps.append(quotaStep(quota)) }
    steps.append(
      client.grantTypes.contains(.clientCredentials)
        ? .passed(.grant, "it may use client credentials")
        : .refused(
          .grant,
          "it may not use client credentials",
          "tessera client update \(id) --grant-type client_credentials"
        )
    )
  }

  private func addressStep(_ source: SourceAddress?) -> Explanation.Step {
    let allowed = "its requests may come from \(list(client.allowedAddresses.map(\.description)))"
    guard let source else {
      return .depends(.address, "it depends on the address: \(allowed)", "--address A")
    }
    guard client.allows(source) else {
      let all = client.allowedAddresses.map(\.description) + [source.description]
      return .refused(
        .address,
        "the request comes from \(source), and \(allowed)",
        "tessera client update \(id) " + all.map { "--allow-address \($0)" }.joined(separator: " ")
      )
    }
    return .passed(.address, "the request comes from \(source), and \(allowed)")
  }

  private func quotaStep(_ quota: Quota) -> Explanation.Step {
    let beyond = quota.isLogOnly ? "what is beyond is only logged" : "what is beyond is refused"
    return .passed(.quota, "its quota at each server is \(quota); \(beyond); this uses nothing up")
  }

  private var credentialStep: Explanation.Step {
    let secrets = client.usableSecrets
    let keys = client.usesKeys ? client.keyMetadata.keys : []
    let url = client.usesKeys ? client.keyMetadata.keySetURL : nil
    let subject = client.usesKeys ? client.keyMetadata.certificateSubject : nil
    let trusts = client.usesKeys ? client.keyMetadata.trusts : []
    let described =
      secrets.map { describe("secret", $0.name, $0.expiresAt) }
      + keys.map { describe($0.material.noun, $0.name, $0.expiresAt) }
      + (url.map { ["the keys at \($0)"] } ?? [])
      + trusts.map { "tokens of \($0.issuer), which it trusts as '\($0.name)'" }
      + (subject.map { ["a certificate with \($0.kind.rawValue) \($0.text)"] } ?? [])
    let works =
      url != nil || subject != nil || !trusts.isEmpty || secrets.contains { $0.isValid(at: now) }
      || keys.contains { $0.isValid(at: now) }
    guard !works else { return .passed(.secret, "it proves who it is by: \(list(described))") }
    let noun = client.usesSecrets ? hasKeys ? "secret or key" : "secret" : "key"
    return .refused(
      .secret,
      described.isEmpty ? "it has no \(noun)" : "nothing that it has works any more: \(list(described))",
      client.usesSecrets ? "tessera client secret add \(id)" : "tessera client key add \(id) --jwks FILE"
    )
  }

  private var hasKeys: Bool {
    let metadata = client.keyMetadata
    return !metadata.credentials.isEmpty || metadata.keySetURL != nil || metadata.certificateSubject != nil
  }

  private func describe(_ noun: String, _ name: String, _ end: Timestamp?) -> String {
    guard let end else { return "\(noun) '\(name)'" }
    return "\(noun) '\(name)' \(now < end ? "until" : "expired") \(end.iso8601)"
  }

  /// The APIs that are named, each by itself.
  mutating func lookAt(_ resources: [Resource]) {
    for resource in resources {
      steps.append(step(about: resource))
    }
  }

  private func step(about resource: Resource) -> Explanation.Step {
    guard let definition = facts.resources[resource] else {
      return .refused(.resource, "there is no API '\(resource.uri)'", "tessera resource list")
    }
    guard definition.retiredAt == nil else {
      return .refused(.resource, "the API '\(resource.uri)' is retired", "ask for another API")
    }
    let own = client.scopes.scopes.filter { facts.granted($0)?.resource == resource }
    guard !own.isEmpty else {
      let scopes = facts.scopes.values.filter { $0.resource == resource && $0.retiredAt == nil }.map(
        \.scope.name
      )
      return .refused(
        .resource,
        "the client may ask for no scope of the API '\(resource.uri)', which has: \(list(scopes))",
        update(with: scopes.sorted().prefix(1).map(\.self))
      )
    }
    return .passed(.resource, "of the API '\(resource.uri)' the client may ask for: \(list(own.map(\.name)))")
  }

  /// The scopes that are asked for, each by itself; those that it has by default where none is.
  mutating func lookAt(_ scopes: [Scope], named resources: [Resource]) {
    if scopes.isEmpty {
      let usable = client.defaultScopes.scopes.filter { scope in
        facts.granted(scope).map { resources.isEmpty || resources.contains($0.resource) } ?? false
      }
      steps.append(
        usable.isEmpty
          ? .refused(
            .scope,
            "no scope is asked for, and the client has no default scope\(resources.isEmpty ? "" : " of these APIs")",
            "ask for one of: \(list(client.scopes.scopes.map(\.name)))"
          )
          : .passed(
            .scope,
            "no scope is asked for, so it gets its default scopes: \(list(usable.map(\.name)))"
          )
      )
    }
    for scope in scopes { steps.append(step(about: scope, named: resources)) }
  }

  private func step(about scope: Scope, named resources: [Resource]) -> Explanation.Step {
    guard let definition = facts.scopes[scope] else {
      return .refused(.scope, "there is no scope '\(scope.name)'", "tessera scope create \(scope.name)")
    }
    guard definition.retiredAt == nil else {
      return .refused(.scope, "the scope '\(scope.name)' is retired", "ask for another scope")
    }
    guard facts.granted(scope) != nil else {
      return .refused(
        .scope,
        "the scope '\(scope.name)' belongs to the API '\(definition.resource.uri)', which is retired",
        "ask for another scope"
      )
    }
    guard client.scopes.contains(scope) else {
      return .refused(
        .scope,
        "the client may not ask for '\(scope.name)'; it may ask for: \(list(client.scopes.scopes.map(\.name)))",
        update(with: [scope.name])
      )
    }
    guard resources.isEmpty || resources.contains(definition.resource) else {
      return .refused(
        .scope,
        "the scope '\(scope.name)' belongs to the API '\(definition.resource.uri)', which is not named",
        "name that API too, or none"
      )
    }
    return .passed(.scope, "the client may ask for '\(scope.name)', of the API '\(definition.resource.uri)'")
  }

  /// What the server answers: where nothing before stood in the way, its own words say what does.
  mutating func conclude(_ answer: Explanation.Answer, privateDetail: String?) {
    switch answer {
    case .granted(let scopes, let audiences, let lifetime):
      steps.append(
        .passed(
          .token,
          "a token with \(list(scopes.map(\.name))) for \(list(audiences.map(\.uri))), for \(lifetime) seconds"
        )
      )
    case .refused(_, _, let text) where !steps.contains(where: \.isRefused):
      steps.append(.refused(.token, privateDetail ?? text, nil))
    case .refused:
      break
    }
  }

  private func update(with scopes: [String]) -> String {
    let all = client.scopes.scopes.map(\.name) + scopes
    return "tessera client update \(id) " + all.map { "--scope \($0)" }.joined(separator: " ")
  }

  private func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
  }
}
