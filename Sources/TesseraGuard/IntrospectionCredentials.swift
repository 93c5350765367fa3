import TesseraSupport

/// What an API proves to the introspection endpoint that it may ask (RFC 7662 §2.1): its own client ID and secret.
///
/// The description does not show the secret.
public struct IntrospectionCredentials: Sendable {
  /// The client ID, which is no secret.
  public let clientID: String
  private let secret: Secret

  private enum Secret: Sendable {
    case fixed(String)
    case file(String)
  }

  /// A client ID and its secret, for good.
  public static func secret(clientID: String, _ secret: String) -> IntrospectionCredentials {
    IntrospectionCredentials(clientID: clientID, secret: .fixed(secret))
  }

  /// A client ID, and its secret in a file, as container platforms mount secrets.
  ///
  /// The file is read for every question to the token service, so that a rotated secret counts from the next one
  /// on. White space around the secret is ignored.
  public static func secretFile(clientID: String, path: String) -> IntrospectionCredentials {
    IntrospectionCredentials(clientID: clientID, secret: .file(path))
  }

  /// The secret as it is now; nil when its file cannot be read.
  func currentSecret() -> String? {
    switch secret {
    case .fixed(let secret): secret
    case .file(let path): try? SecretFile.read(path)
    }
  }
}

extension IntrospectionCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The client ID, without the secret.
  public var description: String { "IntrospectionCredentials(clientID: \(clientID), secret: redacted)" }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// What `dump` shows: not the secret.
  public var customMirror: Mirror {
    Mirror(self, children: ["clientID": clientID], displayStyle: .struct)
  }
}
