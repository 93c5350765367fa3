package import Foundation
import TesseraCore

/// Why a master key file could not be used: one line that says what to do.
package enum MasterKeyFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// It cannot be opened or read.
  case notReadable(path: String, reason: SystemError)
  /// It cannot be made.
  case notWritable(path: String, reason: SystemError)
  /// Others than its owner may read or write it.
  case readableByOthers(path: String)
  /// It belongs to somebody else, who could put another key there.
  case foreignOwner(path: String, owner: uid_t)
  /// It does not hold base64 of 32 bytes.
  case malformed(path: String)

  package var description: String {
    switch self {
    case .notReadable(let path, let reason): "cannot read the master key file \(path.printable): \(reason)"
    case .notWritable(let path, let reason): "cannot write the master key file \(path.printable): \(reason)"
    case .readableByOthers(let path):
      "the master key file \(path.printable) is open to others than its owner; run: chmod 600 "
        + path.shellQuoted
    case .foreignOwner(let path, let owner):
      "the master key file \(path.printable) belongs to \(UserName(owner)), who can change it; run: chown "
        + "\(UserName(geteuid())) \(path.shellQuoted)"
    case .malformed(let path):
      "the master key file \(path.printable) does not hold base64 of 32 bytes; restore it from a backup"
    }
  }
}
