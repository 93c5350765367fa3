package import TesseraCore
package import TesseraSupport

/// Says what tokens are worth to a request that comes now.
package struct TestInspector: Sendable {
  private let inspector: TokenInspector
  private let clock: WallClock

  package init(replica: Replica, formats: [any AccessTokenFormat], clock: WallClock) {
    inspector = TokenInspector(replica: replica.reader(), formats: formats)
    self.clock = clock
  }

  /// What this token is worth, from memory.
  package func inspect(_ token: Substring.UTF8View) throws(Interruption) -> TokenInspector.Verdict {
    var view = ServerView(at: clock.now)
    return try inspector.inspect(token, &view)
  }

  /// What this token is worth, when what has to be known was read.
  package func verdict(on token: Substring.UTF8View) async throws(OAuthError) -> TokenInspector.Verdict {
    var view = ServerView(at: clock.now)
    return try await Rounds.run { () throws(Interruption) in try inspector.inspect(token, &view) }
  }

  /// What a token of ours says, valid or not; nil for anything else.
  package func open(_ token: Substring.UTF8View) throws(Interruption) -> OpenedToken? {
    var view = ServerView(at: clock.now)
    return try inspector.open(token, &view)
  }
}
