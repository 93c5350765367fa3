/// Tokens that are bound to a key (RFC 9449): who finds one cannot use it without the key.
///
///     var settings = ClientCredentialsTokenSource.Settings()
///     settings.dpop = DPoPBinding()
public struct DPoPBinding: Sendable {
  /// The key, not of ML-DSA-65, whose proofs do not fit into a header field; nil for a new one on P-256 for each source, which is never written down.
  public var key: ClientPrivateKey?
  /// Whether a token service that answers with a Bearer token, which anybody can use who finds it, is good enough.
  ///
  /// No by default: then it is an error.
  public var allowsBearerTokens: Bool

  /// Tokens that are bound to this key.
  public init(key: ClientPrivateKey? = nil, allowsBearerTokens: Bool = false) {
    self.key = key
    self.allowsBearerTokens = allowsBearerTokens
  }
}
