package import TesseraJOSE

/// The keys that others publish: clients at a URL of theirs (`jwks_uri`, RFC 7591 §2), and issuers that clients trust.
///
/// What is in memory is given at once.
package protocol PublishedKeys: Sendable {
  /// The keys that are there; nil when they cannot be had.
  ///
  /// `keyID` is the key that is looked for: for one that is not among them they may be fetched again, since they may have
  /// changed. Interrupts where they have to be fetched; afterwards they are there, or cannot be had.
  func keys(at location: KeySetLocation, having keyID: String?) throws(Interruption) -> VerificationKeys?
}

/// Where keys are.
package enum KeySetLocation: Sendable, Hashable {
  /// At a URL, as a JWK Set (RFC 7517 §5).
  case url(String)
  /// At a URL, as the bundle of a SPIFFE trust domain (SPIFFE Trust Domain and Bundle §4).
  case bundle(String)
  /// Where the metadata of this issuer says (OpenID Connect Discovery 1.0 §4).
  case issuer(String)

  /// The URL or the issuer.
  package var text: String {
    switch self {
    case .url(let text), .bundle(let text), .issuer(let text): text
    }
  }
}

/// A server that fetches no keys.
package struct NoPublishedKeys: PublishedKeys {
  package init() {}

  package func keys(at location: KeySetLocation, having keyID: String?) throws(Interruption)
    -> VerificationKeys?
  {
    nil
  }
}
