/// Turns a grant into a token.
package struct TokenIssuer: Sendable {
  private let directory: Directory
  private let format: any AccessTokenFormat

  package init(directory: Directory, format: any AccessTokenFormat) {
    self.directory = directory
    self.format = format
  }

  /// The token for this grant.
  ///
  /// Writes nothing anywhere.
  func issue(_ grant: AccessGrant) throws(Interruption) -> IssuedToken {
    let facts = try directory.facts()
    return try Interruption.refusing { () throws(OAuthError) in
      IssuedToken(text: try format.encode(grant, with: facts), grant: grant)
    }
  }
}
