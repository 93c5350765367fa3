extension Administration {
  /// What decides about tokens besides the client: all scopes and resources.
  struct TokenFacts: Sendable {
    let scopes: [ScopeDefinition]
    var resources: [ResourceDefinition]

    /// Throws when the client could get a token that is too long to be sent.
    func checkTokens(of client: Client) throws(AdministrationError) {
      let length = AccessTokenLength.greatest(of: client, scopes: scopes, resources: resources)
      guard length <= AccessTokenLength.maximum else {
        throw .invalid(
          nil,
          "tokens of client '\(client.name)' could have \(length) characters, and an HTTP header field has room for "
            + "\(AccessTokenLength.maximum): give it fewer or shorter scopes or claims, or make two clients of it"
        )
      }
    }
  }

  func tokenFacts() async throws(AdministrationError) -> TokenFacts {
    TokenFacts(scopes: try await scopes(), resources: try await resources())
  }

  /// Throws when a client could get a token that is too long once an API is as this definition says.
  func checkTokens(with definition: ResourceDefinition) async throws(AdministrationError) {
    var facts = try await tokenFacts()
    facts.resources = facts.resources.map { $0.resource == definition.resource ? definition : $0 }
    var last: ClientID?
    repeat {
      let page = try await clients(after: last, limit: Administration.clientsAtOnce)
      for client in page.elements { try facts.checkTokens(of: client) }
      last = page.next
    } while last != nil
  }

  /// How many clients are read at once where all are looked at.
  static let clientsAtOnce = 1000
}
