extension AccessTokenVerifier {
  /// What can be changed; the defaults suit most APIs.
  public struct Settings: Sendable {
    // MARK: Every verifier

    /// How many valid tokens are remembered; 10,000 by default.
    public var maximumTokens = 10_000
    /// How long the token service may take to answer; 3 s by default.
    public var timeout = Duration.seconds(3)
    /// Whether a token service on another machine may be reached by plain `http`, which RFC 7662 §4 and RFC 8414 §2
    /// forbid.
    ///
    /// No by default.
    public var allowsPlainHTTP = false
    /// The longest token that is looked at, in bytes; 8 KiB by default.
    public var maximumTokenLength = 8192
    /// How many DPoP proofs (RFC 9449) are remembered, so that each counts once; 200,000 by default.
    ///
    /// A proof is remembered for one to two minutes. One client has half of the room at most; a proof that finds none is
    /// answered 503. So an API whose busiest client makes 1,000 requests a second needs 240,000. They take 20 to 40 bytes
    /// each, once they are there.
    public var maximumProofs = 200_000
    /// The longest time that a `Retry-After` (RFC 9110 §10.2.3) of a 429 or 503 is honoured; 30 s by default.
    public var longestPause = Duration.seconds(30)

    // MARK: By introspection

    /// How long a revoked token, or one of a disabled client, may still be accepted; 10 s by default.
    ///
    /// For that long an answer of the token service is used again. It counts from when the question was sent, and
    /// a token is never accepted beyond its end. Zero asks the token service every time.
    public var maximumAge = Duration.seconds(10)
    /// How long a token that was not valid is refused without asking again; 3 s by default.
    public var maximumInactiveAge = Duration.seconds(3)
    /// How many invalid tokens are remembered; 10,000 by default.
    ///
    /// They have their own room, so that made-up tokens do not push valid ones out.
    public var maximumInactiveTokens = 10_000
    /// How many questions to the token service may be under way; 1,000 by default.
    ///
    /// More tokens than that cannot be verified at the moment.
    public var maximumQuestions = 1000
    /// The resource that a token must be for (`aud`); nil for any, by default.
    ///
    /// Tessera itself answers only about tokens that are for the API that asks. A verifier that works offline is
    /// told its audience when it is made, and does not look here.
    public var audience: String?
    /// The largest answer about a token that is read, in bytes; 64 KiB by default.
    public var maximumAnswerSize = 65_536
    /// How long the token service is left alone after it has refused our client ID and secret; 5 s by default.
    ///
    /// Tokens that are in the cache are accepted meanwhile.
    public var refusedCredentialsPause = Duration.seconds(5)

    // MARK: Offline

    /// The signature algorithms that a token may have (RFC 7518 §3.1), by name; by default all that there are.
    ///
    /// Names of others, `none` and those with a shared secret among them, have no effect (RFC 8725 §3.1).
    public var algorithms = AccessTokenVerifier.knownAlgorithms
    /// Whether a token may also say that it is of type `JWT`, as those for an API do whose `--jwt-type` is `JWT`; no by
    /// default.
    ///
    /// Only where the token service signs nothing else with its keys, such as ID tokens: the type is what tells an access
    /// token from them (RFC 9068 §4).
    public var acceptsPlainType = false
    /// How far the clock of the token service may be ahead of this machine's; 5 s by default.
    ///
    /// It is for `iat` and `nbf`. A token is never accepted beyond its end.
    public var clockSkew = Duration.seconds(5)
    /// How long keys are used that cannot be renewed; 1 day by default.
    ///
    /// After that no token can be verified until they are.
    public var maximumKeyAge = Duration.seconds(86_400)
    /// For how long unknown keys do not lead to another look at the key set after one has; 10 s by default.
    public var unknownKeyPause = Duration.seconds(10)
    /// How often the revocation feed is asked; 2 s by default, and never more than ten times a second.
    ///
    /// A revoked token may be accepted for that long, and the second or two that the token service needs to tell.
    public var revocationInterval = Duration.seconds(2)
    /// How long tokens are accepted while the revocation feed does not answer; 5 minutes by default.
    ///
    /// After that no token can be verified until it does, because a revoked one must not live on.
    public var maximumRevocationAge = Duration.seconds(300)
    /// How many revocations are remembered, of tokens and of clients together; 1,000,000 by default.
    ///
    /// When there are more, all tokens up to then of the clients that have most of them count as revoked, because none
    /// must be forgotten. Where the token service does not say whose the revoked tokens are, no token can be verified.
    public var maximumRevocations = 1_000_000
    /// Whether tokens of a token service without a revocation feed cannot be verified; yes by default.
    ///
    /// When set to no, tokens of such a service are valid until they end.
    public var requiresRevocationFeed = true

    /// The defaults.
    public init() {}
  }
}
