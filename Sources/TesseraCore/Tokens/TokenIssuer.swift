/// Turns a grant into a token, in the format that the client and the APIs want.
package struct TokenIssuer: Sendable {
  private let directory: Directory
  private let formats: [any AccessTokenFormat]

  package init(directory: Directory, formats: [any AccessTokenFormat]) {
    self.directory = directory
    self.formats = formats
  }

  /// The token for this grant.
  ///
  /// Writes nothing anywhere.
  func issue(_ grant: AccessGrant, to client: CachedClient) throws(Interruption) -> IssuedToken {
    let facts = try directory.facts()
    return try Interruption.refusing { () throws(OAuthError) in
      let resources = grant.audiences.compactMap { facts.resources[$0] }
      let wanted = try TokenIssuer.agreed(resources.compactMap(\.tokenFormat)) ?? client.client.tokenFormat
      guard let format = formats.first(where: { $0.format == wanted }) else {
        throw OAuthError(.serverError, .unexpected, privateDetail: "no token format \(wanted.rawValue)")
      }
      let algorithm = try TokenIssuer.agreed(resources.compactMap(\.signingAlgorithm))
      return try format.encode(grant, for: client, by: algorithm, with: facts)
    }
  }

  /// What all want who want anything; APIs that want different things cannot share a token.
  private static func agreed<Choice: Equatable>(_ choices: [Choice]) throws(OAuthError) -> Choice? {
    guard choices.allSatisfy({ $0 == choices[0] }) else {
      throw OAuthError(.invalidTarget, .resourcesDoNotShareTokens)
    }
    return choices.first
  }
}
