import TesseraJOSE
import TesseraSupport

/// Compares what is declared with what there is.
///
/// It is told of the clients in parts, so that a store with many needs no more memory than the file.
struct DeclarationPlanner {
  typealias Change = DeclarationPlan.Change

  let prunes: Bool
  let scopes: [ScopeDefinition]
  let resources: [ResourceDefinition]
  var rules: DeclarationRules
  var changes: [Change] = []
  var unlisted: [DeclaredKind: DeclarationPlan.Unlisted] = [:]
  /// What goes because no file lists it, by name and URI.
  var pruned: (scopes: Set<String>, resources: Set<String>) = ([], [])
  private var clients: DeclaredClients

  /// Plans what becomes of scopes and resources.
  init(
    _ declaration: Declaration,
    pruning prunes: Bool,
    scopes: [ScopeDefinition],
    resources: [ResourceDefinition],
    by administration: Administration
  ) throws(DeclarationError) {
    self.prunes = prunes
    self.scopes = scopes
    self.resources = resources
    rules = DeclarationRules(
      administration: administration,
      now: administration.clock.now,
      scopes: Dictionary(uniqueKeysWithValues: scopes.map { ($0.scope, $0) }),
      resources: Dictionary(uniqueKeysWithValues: resources.map { ($0.resource, $0) })
    )
    clients = try DeclaredClients(declaration.entries[.clients], pruning: prunes)
    try planResources(declaration.entries[.resources])
    try planScopes(declaration.entries[.scopes])
  }

  /// Takes in some of the clients that there are.
  mutating func take(_ present: [Client]) throws(DeclarationError) {
    let facts = changesTokensOfAll ? tokenFacts : nil
    for client in present {
      if let facts { try check(client, facts) }
      try clients.take(client, isOperator: rules.isOperator(client))
    }
  }

  /// The plan, once all clients were taken in.
  mutating func plan() throws(DeclarationError) -> DeclarationPlan {
    for client in clients.pruned { changes.append(.removing(client)) }
    if clients.unlisted.count > 0 { unlisted[.clients] = clients.unlisted }
    let facts = tokenFacts
    for index in clients.entries.indices { try planClient(at: index, facts) }
    return DeclarationPlan(changes: changes, unlisted: unlisted, scopes: scopes, resources: resources)
  }

  private mutating func planClient(
    at index: Int,
    _ facts: Administration.TokenFacts
  ) throws(DeclarationError) {
    let entry = clients.entries[index]
    let earlier = try clients.match(at: index)
    var client = if let earlier { earlier } else { try newClient(entry) }
    let name = entry.text("name") ?? ""
    if name != client.name {
      client.name = try entry.located("name") { () throws(AdministrationError) in
        try DisplayName(name, of: .name).text
      }
    }
    try requireListed(entry, "scopes", "scope", pruned.scopes)
    try requireListed(entry, "introspects", "resource", pruned.resources)
    try set(entry, of: &client, Client.declaredFields)
    guard !client.scopes.isEmpty || !client.introspectedResources.isEmpty else {
      throw DeclarationError(at: entry.place(of: "scopes"), "client '\(name)' needs at least one scope")
    }
    try entry.located("jwks_uri") { () throws(AdministrationError) in try client.checkKeys() }
    let makesSecret = try self.makesSecret(entry, client, isNew: earlier == nil)
    if makesSecret {
      try entry.located("keys") { () throws(AdministrationError) in try client.checkIsFree(.firstSecret) }
    }
    var differences = differences(from: earlier, to: client, Client.declaredFields)
    if let earlier, !earlier.name.utf8.elementsEqual(client.name.utf8) {
      differences.insert(.init(name: "name", before: .text(earlier.name), after: .text(client.name)), at: 0)
    }
    if makesSecret { differences.append(.init(name: "secret", before: nil, after: .text("generated"))) }
    guard earlier == nil || !differences.isEmpty else { return }
    try entry.located("scopes") { () throws(AdministrationError) in try facts.checkTokens(of: client) }
    changes.append(
      Change(
        action: earlier == nil ? .create : .update,
        kind: .clients,
        name: client.name,
        differences: differences,
        hasKnownID: earlier != nil || entry.members["client_id"] != nil,
        step: .client(from: earlier, to: client, makesSecret: makesSecret)
      )
    )
  }

  /// Throws when one of the names that a member has would go, because no file lists it.
  private func requireListed(
    _ entry: DeclaredEntry,
    _ member: String,
    _ noun: String,
    _ pruned: Set<String>
  ) throws(DeclarationError) {
    guard case .texts(let names)? = entry.members[member]?.value,
      let name = names.first(where: pruned.contains)
    else { return }
    throw DeclarationError(
      at: entry.place(of: member),
      "\(noun) '\(name)' is not listed, and would be retired"
    )
  }

  /// A client with nothing but what it is told by, and the way in which it authenticates, which stays.
  private func newClient(_ entry: DeclaredEntry) throws(DeclarationError) -> Client {
    let id = try entry.located("client_id") { () throws(AdministrationError) in
      try entry.text("client_id").map { text throws(AdministrationError) in try ClientID(new: text) }
    }
    return Client(
      id: id ?? .random(using: rules.administration.randomness),
      name: "",
      grantTypes: [],
      scopes: [],
      authenticationMethod: entry.text("authentication_method").flatMap(ClientAuthenticationMethod.init),
      createdAt: rules.now
    )
  }

  /// Whether a client gets a secret: a new one that needs it unless the file says `none`, any that has none when the file
  /// says `generated`.
  private func makesSecret(
    _ entry: DeclaredEntry,
    _ client: Client,
    isNew: Bool
  ) throws(DeclarationError) -> Bool {
    let said = entry.text("secret")
    guard !client.isPublic else {
      guard said != "generated" else {
        throw DeclarationError(at: entry.place(of: "secret"), "a public client has no secret")
      }
      return false
    }
    return said == "generated" && client.secrets.isEmpty || isNew && said == nil && client.needsSecret
  }
}

/// What all parts of a plan are made by.
extension DeclarationPlanner {
  /// Gives a record what an entry says.
  func set<Record>(
    _ entry: DeclaredEntry,
    of record: inout Record,
    _ fields: [DeclaredField<Record>]
  ) throws(DeclarationError) {
    for field in fields {
      do throws(AdministrationError) {
        try field.set(entry.members[field.name]?.value, of: &record, rules)
      } catch {
        throw DeclarationError(at: entry.place(of: field.name), error.description)
      }
    }
  }

  /// What changes of a record; of a new one, what is not as it would be anyway.
  func differences<Record>(
    from earlier: Record?,
    to record: Record,
    _ fields: [DeclaredField<Record>]
  ) -> [DeclarationPlan.Difference] {
    fields.compactMap { field in
      let after = field.value(record)
      let before = earlier.flatMap(field.value)
      let isChanged = earlier == nil ? field.said(of: record) != nil : before != after
      return isChanged ? .init(name: field.name, before: before, after: after) : nil
    }
  }

  private var tokenFacts: Administration.TokenFacts {
    Administration.TokenFacts(scopes: Array(rules.scopes.values), resources: Array(rules.resources.values))
  }

  /// Whether tokens of clients that are not listed can get longer: an API wants them otherwise.
  private var changesTokensOfAll: Bool {
    changes.contains { change in
      guard case .resource(let earlier?, let definition) = change.step else { return false }
      return earlier.tokenFormat != definition.tokenFormat
        || earlier.signingAlgorithm != definition.signingAlgorithm
    }
  }

  private func check(
    _ client: Client,
    _ facts: Administration.TokenFacts
  ) throws(DeclarationError) {
    do throws(AdministrationError) {
      try facts.checkTokens(of: client)
    } catch {
      throw DeclarationError(error.description)
    }
  }
}

extension DeclarationPlan.Change {
  fileprivate static func removing(_ client: Client) -> Self {
    Self(
      action: .delete,
      kind: .clients,
      name: client.name,
      differences: [],
      hasKnownID: true,
      step: .removal(of: client)
    )
  }
}
