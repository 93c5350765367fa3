import Foundation
import TesseraCore
import TesseraJOSE

/// Why a certificate and its key cannot be used, as the end of a line that begins with the key of the configuration and
/// the file.
enum CertificateProblem: Error, Sendable, Equatable {
  enum File: Sendable, Equatable {
    case certificate
    case key
  }

  case unreadable(File, SystemError)
  case notAFile(File)
  case empty(File)
  case tooLarge(File)
  case notPEM(File)
  case der(File)
  case damaged(File)
  case passphrase
  case readableByOthers
  case foreignOwner(uid_t)
  case foreignKey
  case wrongOrder
  case tooLong
  case expired(Timestamp)
  case notYetValid(Timestamp)
  /// The TLS library does not take what everything else did.
  case refused(String)

  /// Which of the two files it is about.
  var file: File {
    switch self {
    case .unreadable(let file, _), .notAFile(let file), .empty(let file), .tooLarge(let file),
      .notPEM(let file),
      .der(let file), .damaged(let file):
      file
    case .passphrase, .readableByOthers, .foreignOwner, .foreignKey: .key
    case .wrongOrder, .tooLong, .expired, .notYetValid, .refused: .certificate
    }
  }

  private var keys: String { "ECDSA (P-256, P-384 or P-521) or RSA of 2048 bits or more" }

  /// What is wrong and what to do, with the path of the file for what can be pasted.
  func advice(path: String) -> String {
    let shell = path.shellQuoted
    return switch self {
    case .unreadable(_, let reason): "cannot be read: \(reason)"
    case .notAFile: "is not a file"
    case .empty: "is empty"
    case .tooLarge: "is larger than \(CertificateFiles.maximumSize / 1024) KiB: it is not what it should be"
    case .notPEM(.certificate): "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"
    case .notPEM(.key): "holds no private key in PEM (-----BEGIN PRIVATE KEY-----)"
    case .der(.certificate): "is DER, not PEM; run: openssl x509 -inform DER -in \(shell) -out cert.pem"
    case .der(.key): "is DER, not PEM; run: openssl pkey -inform DER -in \(shell) -out key.pem"
    case .damaged(.certificate):
      "holds a certificate that cannot be read, or for a kind of key that is not served: it has to be for \(keys)"
    case .damaged(.key):
      "holds a key that cannot be read, or of a kind that is not served: it has to be \(keys)"
    case .passphrase:
      "has a passphrase, and nobody is there to type it; run: openssl pkey -in \(shell) -out key.pem"
    case .readableByOthers: "is open to others than its owner and group; run: chmod 600 \(shell)"
    case .foreignOwner(let owner):
      "belongs to \(UserName(owner)), who can change it; run: chown \(UserName(geteuid())) \(shell)"
    case .foreignKey: "does not belong to the certificate: name the key that the certificate was issued for"
    case .wrongOrder:
      "is not in order: the server's own certificate comes first, and after each the one that issued it"
    case .tooLong:
      "holds too many certificates: it should be the server's own and those between it and its root"
    case .expired(let time): "has expired at \(time.toTheSecond): renew it"
    case .notYetValid(let time):
      "is not valid before \(time.toTheSecond): wait, or set this machine's clock right"
    case .refused(let detail): "is refused by the TLS library: \(detail)"
    }
  }
}

extension Timestamp {
  /// To the second, as people read it.
  var toTheSecond: String { String(iso8601.prefix(19)) + "Z" }
}
