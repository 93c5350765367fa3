/// How long access tokens live.
package struct TokenLifetime: Sendable {
  /// The least that can be set, in seconds.
  package static let shortest = 10
  /// For clients that have none of their own, in seconds.
  package var standard: Int
  /// The most that any token lives, in seconds.
  package var longest: Int

  package init(standard: Int = 3600, longest: Int = 86_400) {
    self.standard = standard
    self.longest = longest
  }

  /// How long the tokens of this client live, in seconds.
  package func seconds(for client: Client) -> Int {
    min(client.tokenLifetime ?? standard, longest)
  }
}
