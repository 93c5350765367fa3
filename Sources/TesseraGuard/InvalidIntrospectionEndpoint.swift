/// An introspection endpoint that an ``AccessTokenVerifier`` refuses to send tokens and its secret to.
public enum InvalidIntrospectionEndpoint: Error, Sendable, Hashable, CustomStringConvertible {
  /// It is not an absolute `http` or `https` URL with a host.
  case notAnHTTPURL
  /// It has a fragment.
  case hasFragment
  /// It has a user name or a password, which would end up in logs.
  case hasUserInformation
  /// It is plain `http` to another machine, which RFC 7662 §4 forbids, because tokens and the secret would be
  /// readable on the way. ``AccessTokenVerifier/Settings/allowsPlainHTTP`` allows it where something else
  /// protects the connection.
  case isNotEncrypted

  /// One line for a log.
  public var description: String {
    switch self {
    case .notAnHTTPURL: "the introspection endpoint is not an absolute http or https URL"
    case .hasFragment: "the introspection endpoint has a fragment"
    case .hasUserInformation: "the introspection endpoint has a user name or a password in it"
    case .isNotEncrypted: "the introspection endpoint is plain http on another machine"
    }
  }
}
