import TesseraCore
import TesseraSupport

extension RemoteAdministration {
  /// What passes is found here: the place where a narrowed list goes on is known to its cursor only.
  func clients(
    passing filter: ClientFilter,
    after id: ClientID?,
    limit: Int
  ) async throws -> Administration.Page<Client, ClientID> {
    let after = id.map { "&after=\($0.rawValue.pathSegment)" } ?? ""
    let page = Administration.Page(
      try await clients("?limit=\(limit)\(after)"),
      limit: limit,
      cursor: \.id
    )
    return Administration.Page(page.elements.filter(filter.passes), next: page.next)
  }

  func usageOfLastDay(of client: Client) async throws -> LastDay {
    let path = "clients/\(client.id.rawValue.pathSegment)"
    return try await api.show("GET", path) { shown throws(UnreadableJSON) in
      guard let day = try shown.object("last_day") else { throw UnreadableJSON(member: "last_day") }
      return try LastDay(day)
    }
  }

  private func clients(_ query: String) async throws -> [Client] {
    try await api.list("clients\(query)") { shown throws(UnreadableJSON) in
      try Client(shown, lifetime: facts.lifetime)
    }
  }

  private func clients(named name: String) async throws -> [Client] {
    try await clients("?name=\(name.pathSegment)")
  }

  private func client(withID id: ClientID) async throws -> Client? {
    do {
      return try await client("GET", id)
    } catch AdministrationError.notFound {
      return nil
    }
  }

  /// The client as it is after something was done to it at a path below its own.
  private func client(
    _ method: String,
    _ id: ClientID,
    _ path: String = "",
    _ body: JSONValue? = nil,
    ifVersion version: Int? = nil
  ) async throws -> Client {
    try await api.show(method, "clients/\(id.rawValue.pathSegment)\(path)", body, ifVersion: version) {
      shown throws(UnreadableJSON) in try Client(shown, lifetime: facts.lifetime)
    }
  }

  private func recordedClients(named name: String) async throws -> [ClientID] {
    try await api.list("audit/clients?name=\(name.pathSegment)") { shown throws(UnreadableJSON) in
      try shown.value("client_id") { ClientID($0) }
    }
  }

  func clientMatch(_ reference: String) async throws -> Match<Client> {
    let named = try await clients(named: reference)
    var known: Client?
    if let id = ClientID(reference) { known = try await client(withID: id) }
    let meant = ClientReference(reference)
    if let match = try meant.match(withID: known, named: named) { return match }
    throw meant.notFound(recorded: try await recordedClients(named: reference))
  }

  func auditSubject(_ reference: String) async throws -> Match<String> {
    ClientReference(reference).auditSubject(
      named: try await clients(named: reference),
      recorded: try await recordedClients(named: reference),
      isSubject: try await !auditRecords(before: nil, subject: reference, limit: 1).elements.isEmpty
    )
  }

  // MARK: Changes

  func registerClient(
    _ registration: ClientRegistration
  ) async throws -> (client: Client, secret: ClientSecret?) {
    try await api.show("POST", "clients", registration.json) { shown throws(UnreadableJSON) in
      let secret = try shown.optional("client_secret") { ClientSecret(imported: $0) }
      return (try Client(made: shown, registration), secret)
    }
  }

  func createOperator(
    named name: DisplayName,
    role: OperatorRole,
    secretLifetime: SecretLifetime?
  ) async throws -> (client: Client, secret: ClientSecret?) {
    var registration = ClientRegistration(name: name, scopes: role.scopes.map(\.scope))
    registration.secretLifetime = secretLifetime
    return try await registerClient(registration)
  }

  func updateClient(_ id: ClientID, _ update: ClientUpdate) async throws -> Client {
    try await client("PATCH", id, "", update.json, ifVersion: update.ifVersion)
  }

  func setClient(
    _ id: ClientID,
    enabled: Bool,
    keepingTokens: Bool,
    ifVersion version: Int?
  ) async throws -> Client {
    guard !enabled else { return try await client("POST", id, "/enable", ifVersion: version) }
    let body = JSONValue.object([.init("keep_tokens", .boolean(keepingTokens))])
    return try await client("POST", id, "/disable", body, ifVersion: version)
  }

  func deleteClient(_ client: Client, ifVersion version: Int?) async throws {
    try await api.ask("DELETE", "clients/\(client.id.rawValue.pathSegment)", ifVersion: version)
  }

  func revokeTokens(of id: ClientID) async throws -> Client {
    try await client("POST", id, "/revoke-tokens")
  }

  func grantType(named name: String) throws -> GrantType { try GrantType.named(name, of: GrantType.all) }

  // MARK: Secrets

  func secrets(of client: Client) async throws -> [(secret: StoredSecret, use: SecretUse?)] {
    try await api.list("clients/\(client.id.rawValue.pathSegment)/secrets") { shown throws(UnreadableJSON) in
      (secret: try StoredSecret(shown), use: try SecretUse(shown, of: client.id))
    }
  }

  func addSecret(
    to id: ClientID,
    named name: DisplayName,
    imported: ClientSecret?,
    lifetime: SecretLifetime?
  ) async throws -> (stored: StoredSecret, secret: ClientSecret) {
    var members = [JSONValue.Member("secret", .string(name.text))]
    if let imported { members.append(.init("client_secret", .string(imported.exposed))) }
    if let lifetime { members.append(.init("client_secret_expires_in_days", .integer(lifetime.days))) }
    let path = "clients/\(id.rawValue.pathSegment)/secrets"
    return try await api.show("POST", path, .object(members)) { shown throws(UnreadableJSON) in
      let secret = try shown.value("client_secret") { ClientSecret(imported: $0) }
      return (stored: try StoredSecret(made: shown, named: "secret"), secret: secret)
    }
  }

  /// Whoever asks was told whether it is in use.
  func revokeSecret(named name: String, of id: ClientID, revokingTokens: Bool) async throws {
    let query = "?force=true&revoke_tokens=\(revokingTokens)"
    let path = "clients/\(id.rawValue.pathSegment)/secrets/\(name.pathSegment)"
    try await api.ask("DELETE", path + query)
  }
}
