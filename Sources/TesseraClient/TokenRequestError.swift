/// Why there is no token.
///
/// Neither a secret, an assertion nor a token can be in it. What the server said is kept to a bounded length and without
/// control characters, so that it can be logged; it is still the server's text.
public struct TokenRequestError: Error, Sendable, Hashable {
  /// What went wrong.
  public enum Kind: Sendable, Hashable {
    /// The token service said no, or that it cannot answer now: see ``TokenRequestError/name`` and
    /// ``TokenRequestError/status``.
    case refused
    /// The token service could not be reached, or the connection broke.
    case unreachable
    /// The token service did not answer in time.
    case timedOut
    /// What came back is not the answer of a token endpoint.
    case malformedAnswer
    /// The credentials, the key or the certificate cannot be read from their files, or the platform gives no token.
    case credentialsUnavailable
    /// The request cannot be sent as it is, for example because of a scope that contains a space.
    case invalidRequest
  }

  /// What went wrong.
  public let kind: Kind
  /// The server's code for it (RFC 6749 §5.2), such as `invalid_client` or `invalid_scope`; at most 64
  /// characters.
  public let name: String?
  /// The server's explanation, or ours; at most 256 characters.
  public let message: String
  /// The HTTP status of the answer; nil when there was none.
  public let status: Int?

  init(_ kind: Kind, name: String? = nil, message: String, status: Int? = nil) {
    self.kind = kind
    self.name = name.map { TokenRequestError.printable($0, limit: 64) }
    self.message = TokenRequestError.printable(message, limit: 256)
    self.status = status
  }

  /// Whether the same request may succeed later without anybody changing anything.
  public var isTransient: Bool {
    switch kind {
    case .unreachable, .timedOut: true
    case .refused: status.map { $0 == 408 || $0 == 429 || $0 >= 500 } ?? false
    case .malformedAnswer, .credentialsUnavailable, .invalidRequest: false
    }
  }

  /// Whether the token service does not accept the credentials (RFC 6749 §5.2).
  var isInvalidClient: Bool { kind == .refused && name == "invalid_client" }

  private static func printable(_ text: String, limit: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      let isShown = !scalar.properties.isDefaultIgnorableCodePoint && scalar.properties.isPrintable
      scalars.append(isShown ? scalar : "\u{FFFD}")
    }
    return String(scalars)
  }
}

extension TokenRequestError: CustomStringConvertible {
  /// One line for a log.
  public var description: String {
    var text = "no access token (\(kind)"
    if let status { text += ", status \(status)" }
    if let name { text += ", \(name)" }
    return text + "): \(message)"
  }
}

extension Unicode.Scalar.Properties {
  /// Whether it is neither a control character nor a line break nor unassigned.
  fileprivate var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}
