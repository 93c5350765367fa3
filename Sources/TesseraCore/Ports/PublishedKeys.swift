package import TesseraJOSE

/// The keys that clients publish at a URL of theirs (`jwks_uri`, RFC 7591 §2).
///
/// What is in memory is given at once.
package protocol PublishedKeys: Sendable {
  /// The keys at this URL; nil when they cannot be had.
  ///
  /// `keyID` is the key that is looked for: for one that is not among them they may be fetched again, since they may have
  /// changed. Interrupts where they have to be fetched; afterwards they are there, or cannot be had.
  func keys(at url: String, having keyID: String?) throws(Interruption) -> VerificationKeys?
}

/// A server that fetches no keys.
package struct NoPublishedKeys: PublishedKeys {
  package init() {}

  package func keys(at url: String, having keyID: String?) throws(Interruption) -> VerificationKeys? { nil }
}
