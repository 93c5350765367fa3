extension ClientCredentialsTokenSource {
  /// What can be changed; the defaults suit a service that calls APIs all day.
  public struct Settings: Sendable {
    /// How the client proves who it is.
    ///
    /// Credentials in the form by default. Means nothing to a source with a ``ClientIdentity``.
    public var authentication = ClientAuthentication.clientSecretPost
    /// Binds tokens to a key (RFC 9449); nil, the default, for tokens that are bound to none.
    public var dpop: DPoPBinding?
    /// The certificate that is shown to the token service, and to the APIs that are called with its tokens; nil, the
    /// default, for what the HTTP client shows.
    public var certificate: ClientCertificate?
    /// Whether a token endpoint on another machine may be plain `http`, which RFC 6749 §3.2 forbids.
    ///
    /// No by default.
    public var allowsPlainHTTP = false
    /// How long one token request may take; 10 s by default.
    public var requestTimeout = Duration.seconds(10)
    /// How long all attempts for one token may take together; 30 s by default.
    public var totalTimeout = Duration.seconds(30)
    /// How many token requests are made for one token at most; 4 by default, and at least 1.
    ///
    /// Only failures that may pass are repeated: no answer, 408, 429 and 5xx.
    public var maximumAttempts = 4
    /// The longest wait before the second attempt; 200 ms by default.
    ///
    /// Doubles with every attempt. The wait is a random part of it, so that the callers of a service that comes
    /// back do not all return at once.
    public var firstBackoff = Duration.milliseconds(200)
    /// Where ``firstBackoff`` stops doubling; 5 s by default.
    public var longestBackoff = Duration.seconds(5)
    /// The longest time that a `Retry-After` (RFC 9110 §10.2.3) of a 429 or 503 is honoured; 5 min by default.
    ///
    /// While it lasts, callers without a token get the error at once.
    public var longestPause = Duration.seconds(300)
    /// How long no request is made after the token service has refused the credentials; 30 s by default.
    ///
    /// Callers without a token get the error at once. Ends early when the credentials change.
    public var invalidClientPause = Duration.seconds(30)
    /// How long a token that has replaced a rejected one is not replaced itself; 5 s by default.
    ///
    /// Keeps an API that answers 401 to everything from costing a token request a call.
    public var renewalPause = Duration.seconds(5)
    /// The lifetime of a token whose answer has no `expires_in`, which RFC 6749 §5.1 allows; 5 min by default.
    public var assumedLifetime = Duration.seconds(300)
    /// The largest answer that is read, in bytes; 64 KiB by default.
    public var maximumAnswerSize = 65_536
    /// How many tokens are kept, one for each set of scopes and audience; 1,000 by default.
    public var maximumTokens = 1000

    /// The defaults.
    public init() {}
  }
}
