import TesseraJOSE
import TesseraSupport

/// The client credentials of an HTTP Basic header (RFC 7617, RFC 6749 §2.3.1).
///
/// RFC 6749 wants ID and secret form-encoded inside Basic, and many clients send them as they are. Both
/// readings are kept; whoever compares accepts either.
package struct BasicCredentials: Sendable, Equatable {
  /// One way to read the two parts.
  package struct Reading: Sendable, Equatable {
    /// The client identifier.
    package let clientID: String
    /// The secret.
    package let secret: String
  }

  /// The form-decoded reading first, then the raw one where it differs.
  ///
  /// Never empty.
  package let readings: [Reading]

  /// Nil when the value is not `Basic`, one or more spaces and base64 of `id:secret` in UTF-8, both parts not
  /// empty.
  ///
  /// The scheme is case-insensitive (RFC 9110 §11.1). The first colon splits.
  package init?(authorization value: String) {
    let bytes = Array(value.utf8)
    let scheme = Array("basic ".utf8)
    guard bytes.count > scheme.count, zip(bytes, scheme).allSatisfy({ $0 | 0x20 == $1 }),
      let decoded = Base64.decode(
        bytes[scheme.count...].drop { $0 == UInt8(ascii: " ") }
      ),
      let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    let id = decoded[..<colon]
    let secret = decoded[(colon + 1)...]
    guard !id.isEmpty, !secret.isEmpty else { return nil }
    var readings: [Reading] = []
    if let id = FormEncoding.decode(id), let secret = FormEncoding.decode(secret) {
      readings.append(Reading(clientID: id, secret: secret))
    }
    if let id = String(validating: id, as: UTF8.self), let secret = String(validating: secret, as: UTF8.self)
    {
      let raw = Reading(clientID: id, secret: secret)
      if raw != readings.first { readings.append(raw) }
    }
    guard !readings.isEmpty else { return nil }
    self.readings = readings
  }
}
