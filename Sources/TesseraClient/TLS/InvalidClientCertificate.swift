/// Why there is no certificate to show: what is wrong with it or its key.
///
/// Nothing of the key is in it, and no path.
public struct InvalidClientCertificate: Error, Sendable, Hashable, CustomStringConvertible {
  let reason: String

  /// One line for a log.
  public var description: String { "the client certificate: \(reason)" }
}
