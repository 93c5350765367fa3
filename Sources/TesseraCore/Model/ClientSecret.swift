package import TesseraJOSE

/// A client secret (RFC 6749 §2.3.1) in clear.
///
/// It lives in memory while it is shown or checked, never in the store. Its descriptions are redacted, so
/// that it cannot reach a log by interpolation.
package struct ClientSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The secret itself.
  ///
  /// Whoever reads this must not log or store it.
  package let exposed: String

  /// A secret that an operator brings: 8 to 255 characters of VSCHAR (RFC 6749 Appendix A.2).
  package init?(imported text: String) {
    let bytes = text.utf8
    guard (8...255).contains(bytes.count), bytes.allSatisfy(\.isVSCHAR) else { return nil }
    exposed = text
  }

  /// A secret that a client had with another service, which may have had other rules: 1 to 255 bytes of UTF-8 without
  /// control characters.
  package init?(takenOver text: String) {
    guard (1...255).contains(text.utf8.count),
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { return nil }
    exposed = text
  }

  /// A secret that was presented rightly, whatever is in it.
  init(verified text: String) {
    exposed = text
  }

  /// A new secret: 32 characters of upper-case base32, 160 random bits.
  package init(using randomness: RandomSource) {
    exposed = Base32.upperCase.encode(randomness.bytes(count: 20))
  }

  /// Its first four characters; nil for one of fewer than 20, of which they would tell too much.
  package var shownPrefix: String? { exposed.utf8.count < 20 ? nil : String(exposed.prefix(4)) }

  package var description: String { "(secret)" }
  package var debugDescription: String { "(secret)" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
