/// A token endpoint that a ``ClientCredentialsTokenSource`` refuses to send a secret to.
public enum InvalidTokenEndpoint: Error, Sendable, Hashable, CustomStringConvertible {
  /// It is not an absolute `http` or `https` URL with a host.
  case notAnHTTPURL
  /// It has a fragment, which RFC 6749 §3.2 forbids.
  case hasFragment
  /// It has a user name or a password, which would end up in logs.
  case hasUserInformation
  /// It is plain `http` to another machine, which RFC 6749 §3.2 forbids, because the secret would be readable on
  /// the way. ``ClientCredentialsTokenSource/Settings/allowsPlainHTTP`` allows it where something else protects
  /// the connection.
  case isNotEncrypted

  /// One line for a log.
  public var description: String {
    switch self {
    case .notAnHTTPURL: "the token endpoint is not an absolute http or https URL"
    case .hasFragment: "the token endpoint has a fragment"
    case .hasUserInformation: "the token endpoint has a user name or a password in it"
    case .isNotEncrypted: "the token endpoint is plain http on another machine"
    }
  }
}
