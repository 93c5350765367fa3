/// An issuer whose word on tokens an ``AccessTokenVerifier`` refuses to take.
public enum InvalidIssuer: Error, Sendable, Hashable, CustomStringConvertible {
  /// It is not an absolute `http` or `https` URL with a host.
  case notAnHTTPURL
  /// It has a query or a fragment, which RFC 8414 §2 forbids.
  case hasQueryOrFragment
  /// It has a user name or a password, which would end up in logs.
  case hasUserInformation
  /// It is plain `http` to another machine: whoever is on the way could name keys of their own.
  /// ``AccessTokenVerifier/Settings/allowsPlainHTTP`` allows it where something else protects the connection.
  case isNotEncrypted

  /// One line for a log.
  public var description: String {
    switch self {
    case .notAnHTTPURL: "the issuer is not an absolute http or https URL"
    case .hasQueryOrFragment: "the issuer has a query or a fragment"
    case .hasUserInformation: "the issuer has a user name or a password in it"
    case .isNotEncrypted: "the issuer is plain http on another machine"
    }
  }
}
