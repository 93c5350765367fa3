/// How an access token carries its facts.
package protocol AccessTokenFormat: Sendable {
  /// The token for this grant.
  func encode(_ grant: AccessGrant, with facts: DirectoryFacts) throws(OAuthError) -> String
}

/// A token and what it grants.
package struct IssuedToken: Sendable {
  /// The token itself.
  ///
  /// It goes to the client and nowhere else.
  package let text: String
  /// What it grants.
  package let grant: AccessGrant
}
