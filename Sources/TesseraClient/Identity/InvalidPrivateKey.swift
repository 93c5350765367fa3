/// Why there is no private key: what is wrong with it, and what to do about it.
///
/// Nothing of the key is in it, and no path.
public struct InvalidPrivateKey: Error, Sendable, Hashable, CustomStringConvertible {
  let reason: String

  /// One line for a log.
  public var description: String { "the private key: \(reason)" }
}
