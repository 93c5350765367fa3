import TesseraCore
import TesseraJOSE

/// Why a file of authorities or of revocations cannot be used, as the end of a line that begins with the key of the
/// configuration and the file.
enum AuthorityProblem: Error, Sendable, Equatable, CustomStringConvertible {
  case unreadable(SystemError)
  case notAFile
  case empty
  case tooLarge(limit: Int)
  /// A private key where certificates belong.
  case key
  case noCertificate
  case damagedCertificate
  case tooManyCertificates(limit: Int)
  /// A certificate that may sign no other.
  case noAuthority(String)
  case noRevocationList
  case damagedRevocationList
  /// A list that says what is not understood here, and would be misread without it.
  case partialRevocationList

  var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .notAFile: "is not a file"
    case .empty: "is empty"
    case .tooLarge(let limit): "is larger than \(limit / 1024) KiB: it is not what it should be"
    case .key:
      "holds a private key: name the file with the certificates of the authorities, and keep keys elsewhere"
    case .noCertificate: "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"
    case .damagedCertificate: "holds a certificate that cannot be read"
    case .tooManyCertificates(let limit):
      "holds more than \(limit) certificates: name only those that sign for clients"
    case .noAuthority(let name):
      "holds the certificate of \(name), who is no authority: one that is registered for its client needs none, run "
        + "tessera client key add"
    case .noRevocationList: "holds no list of revoked certificates (-----BEGIN X509 CRL-----, or DER)"
    case .damagedRevocationList: "holds a list of revoked certificates that cannot be read"
    case .partialRevocationList:
      "holds a list of revoked certificates that is not the whole one of its authority: name complete lists"
    }
  }
}
