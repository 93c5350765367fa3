import Crypto

/// A certificate that the caller has shown, and whose key it has.
///
/// It proves nothing but that: it can be of anybody's making.
package final class ClientCertificate: Sendable, Equatable {
  /// The most bytes of a certificate; with two thousand names in it, one is larger.
  package static let maximumSize = 16_384
  /// The most certificates that are taken along with it, and the most bytes of all of those.
  package static let maximumIntermediates = 5
  package static let maximumIntermediateSize = 32_768

  /// The certificate in DER.
  package let leaf: [UInt8]
  /// Those that the caller sent along, each in DER, in its order: they may lead from the certificate to an authority.
  package let intermediates: [[UInt8]]
  /// The SHA-256 of the certificate (RFC 8705 §3.1), to which tokens are bound.
  package let thumbprint: [UInt8]

  /// Nil for what is no certificate at the first glance, or too much.
  package init?(_ leaf: [UInt8], intermediates: [[UInt8]] = []) {
    guard leaf.count <= ClientCertificate.maximumSize, ClientCertificate.isSequence(leaf),
      intermediates.count <= ClientCertificate.maximumIntermediates,
      intermediates.reduce(0, { $0 + $1.count }) <= ClientCertificate.maximumIntermediateSize
    else { return nil }
    self.leaf = leaf
    self.intermediates = intermediates
    thumbprint = Array(SHA256.hash(data: leaf))
  }

  package static func == (left: ClientCertificate, right: ClientCertificate) -> Bool {
    left === right || left.leaf == right.leaf && left.intermediates == right.intermediates
  }

  /// Whether these are one DER sequence and nothing else: with a byte more, the same certificate would have another
  /// thumbprint.
  private static func isSequence(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 2, bytes[0] == 0x30 else { return false }
    guard bytes[1] >= 0x80 else { return bytes.count == 2 + Int(bytes[1]) }
    let lengthBytes = Int(bytes[1] & 0x7F)
    guard (1...2).contains(lengthBytes), bytes.count >= 2 + lengthBytes else { return false }
    let length = bytes[2..<(2 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
    return bytes.count == 2 + lengthBytes + length
  }
}
