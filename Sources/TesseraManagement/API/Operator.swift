import TesseraCore
import TesseraJOSE

/// Who asks, by an access token for the management API or by a ticket of the command line.
struct Operator: Sendable {
  let id: ClientID
  /// What the token allows.
  let scopes: ScopeSet

  /// How the audit log calls it.
  let actor: String

  init(id: ClientID, scopes: ScopeSet, actor: String? = nil) {
    self.id = id
    self.scopes = scopes
    self.actor = actor ?? "api:\(id)"
  }

  func may(_ scope: OperatorScope) -> Bool { scopes.contains(scope.scope) }

  /// Throws unless it may do all that these scopes allow at the management API: who could give away or take over more than
  /// it has would have it.
  func check(_ scopes: some Sequence<Scope>) throws(AdminProblem) {
    for scope in scopes where OperatorScope(rawValue: scope.name) != nil && !self.scopes.contains(scope) {
      throw .beyondCaller(scope)
    }
  }
}

/// Tells operators by their tokens.
struct OperatorAuthentication: Sendable {
  let inspector: TokenInspector
  let tickets: OperatorTickets
  let now: @Sendable () -> Timestamp

  /// Who presents a valid token for the management API in these `Authorization` fields, or a ticket for this request.
  func caller(_ authorization: [String], of request: String) async throws(AdminProblem) -> Operator {
    guard !authorization.isEmpty else { throw .noToken }
    guard authorization.count == 1, let token = BearerToken(authorization: authorization[0]) else {
      throw .invalidToken
    }
    if let caller = ticketHolder(token, request) { return caller }
    var view = ServerView(at: now())
    let verdict: TokenInspector.Verdict
    do throws(OAuthError) {
      verdict = try await Rounds.run { () throws(Interruption) in
        try inspector.inspect(token.text.utf8, &view)
      }
    } catch {
      throw .unavailable("try again later")
    }
    guard case .active(let opened) = verdict,
      opened.grant.audiences.contains(where: { $0.uri == Administration.managementResource })
    else { throw .invalidToken }
    return Operator(id: opened.grant.clientID, scopes: opened.grant.scopes)
  }

  /// Whoever has a ticket may look, and nothing else.
  private func ticketHolder(_ token: BearerToken, _ request: String) -> Operator? {
    guard let actor = tickets.actor(of: token.text, for: request, at: now()), let id = ClientID(actor) else {
      return nil
    }
    return Operator(id: id, scopes: ScopeSet([OperatorScope.read.scope]), actor: actor)
  }
}
