/// The client ID and the client secret (RFC 6749 §2.3.1).
///
/// The description does not show the secret.
public struct ClientCredentials: Sendable, Hashable {
  /// The client ID, which is no secret.
  public let clientID: String
  /// The client secret.
  public let clientSecret: String

  /// Credentials as the token service gave them out.
  public init(clientID: String, clientSecret: String) {
    self.clientID = clientID
    self.clientSecret = clientSecret
  }

  /// Where credentials come from.
  ///
  /// Files are read before every token request, so that a rotated secret counts from the next request on. While
  /// a file cannot be read, for example because it is just being replaced, what it said before is used. White
  /// space around a text is ignored. A file has at most 64 KiB.
  public enum Source: Sendable, Hashable {
    /// These, for good.
    case fixed(ClientCredentials)
    /// A known client ID, and the secret in a file of its own, as container platforms mount secrets.
    case secretFile(clientID: String, path: String)
    /// The client ID in one file and the secret in another.
    case files(clientIDPath: String, clientSecretPath: String)
    /// One file: a JSON object with the members `client_id` and `client_secret`, among others, as
    /// `tessera client create` prints it.
    case file(path: String)
  }
}

extension ClientCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The client ID, without the secret.
  public var description: String { "ClientCredentials(clientID: \(clientID), clientSecret: redacted)" }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// What `dump` shows: not the secret.
  public var customMirror: Mirror {
    Mirror(self, children: ["clientID": clientID], displayStyle: .struct)
  }
}
