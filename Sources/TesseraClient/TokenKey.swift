/// The purpose of a token, the key by which tokens are kept and shared.
struct TokenKey: Hashable, Sendable {
  /// Sorted and without repeats, because neither order nor repeats mean anything (RFC 6749 §3.3).
  let scopes: [String]
  /// The resource that is to accept the token (RFC 8707).
  let audience: String?

  init(scopes: [String], audience: String?) {
    self.scopes = scopes.count > 1 ? Set(scopes).sorted() : scopes
    self.audience = audience
  }

  /// Checks what would otherwise be something else on the wire, such as two scopes for `"item,event"`.
  func validate(for dialect: TokenDialect) throws(TokenRequestError) {
    for scope in scopes where !dialect.isScope(scope) {
      throw TokenRequestError(.invalidRequest, message: "a scope has a character that no scope can have")
    }
    if let audience, audience.isEmpty {
      throw TokenRequestError(.invalidRequest, message: "the audience is empty")
    }
  }
}
