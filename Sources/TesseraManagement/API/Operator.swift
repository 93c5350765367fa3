import TesseraCore
import TesseraJOSE

/// Who asks, by an access token for the management API.
struct Operator: Sendable {
  let id: ClientID
  /// What the token allows.
  let scopes: ScopeSet

  /// How the audit log calls it.
  var actor: String { "api:\(id)" }

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
  let now: @Sendable () -> Timestamp

  /// Who presents a valid token for the management API in these `Authorization` fields.
  func caller(_ authorization: [String]) async throws(AdminProblem) -> Operator {
    guard !authorization.isEmpty else { throw .noToken }
    guard authorization.count == 1, let token = BearerToken(authorization: authorization[0]) else {
      throw .invalidToken
    }
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
}
