import Crypto

/// A certificate that the caller has shown, and whose key it has.
///
/// It proves nothing but that: it can be of anybody's making.
package final class ClientCertificate: Sendable, Equatable {
  /// The certificate in DER.
  package let leaf: [UInt8]
  /// Those that the caller sent along, each in DER, in its order: they may lead from the certificate to an authority.
  package let intermediates: [[UInt8]]
  /// The SHA-256 of the certificate (RFC 8705 §3.1), to which tokens are bound.
  package let thumbprint: [UInt8]

  package init(_ leaf: [UInt8], intermediates: [[UInt8]] = []) {
    self.leaf = leaf
    self.intermediates = intermediates
    thumbprint = Array(SHA256.hash(data: leaf))
  }

  package static func == (left: ClientCertificate, right: ClientCertificate) -> Bool {
    left === right || left.leaf == right.leaf && left.intermediates == right.intermediates
  }
}
