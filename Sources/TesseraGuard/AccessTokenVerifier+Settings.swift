extension AccessTokenVerifier {
  /// What can be changed; the defaults suit most APIs.
  public struct Settings: Sendable {
    /// How long a revoked token, or one of a disabled client, may still be accepted; 10 s by default.
    ///
    /// For that long an answer of the token service is used again. It counts from when the question was sent, and
    /// a token is never accepted beyond its end. Zero asks the token service every time.
    public var maximumAge = Duration.seconds(10)
    /// How long a token that was not valid is refused without asking again; 3 s by default.
    public var maximumInactiveAge = Duration.seconds(3)
    /// How many valid tokens are remembered; 10,000 by default.
    public var maximumTokens = 10_000
    /// How many invalid tokens are remembered; 10,000 by default.
    ///
    /// They have their own room, so that made-up tokens do not push valid ones out.
    public var maximumInactiveTokens = 10_000
    /// How many questions to the token service may be under way; 1,000 by default.
    ///
    /// More tokens than that cannot be verified at the moment.
    public var maximumQuestions = 1000
    /// How long the token service may take to answer; 3 s by default.
    public var timeout = Duration.seconds(3)
    /// The resource that a token must be for (`aud`); nil for any, by default.
    ///
    /// Tessera itself answers only about tokens that are for the API that asks.
    public var audience: String?
    /// Whether an introspection endpoint on another machine may be plain `http`, which RFC 7662 §4 forbids.
    ///
    /// No by default.
    public var allowsPlainHTTP = false
    /// The longest token that is looked at, in bytes; 8 KiB by default.
    public var maximumTokenLength = 8192
    /// The largest answer that is read, in bytes; 64 KiB by default.
    public var maximumAnswerSize = 65_536
    /// How long the token service is left alone after it has refused our client ID and secret; 5 s by default.
    ///
    /// Tokens that are in the cache are accepted meanwhile.
    public var refusedCredentialsPause = Duration.seconds(5)
    /// The longest time that a `Retry-After` (RFC 9110 §10.2.3) of a 429 or 503 is honoured; 30 s by default.
    public var longestPause = Duration.seconds(30)

    /// The defaults.
    public init() {}
  }
}
