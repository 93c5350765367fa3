import Foundation
import TesseraCore

/// A file that somebody else than its owner can get at: one line that says what to do.
package struct UnsafeFile: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong with it.
  enum Danger: Sendable, Equatable {
    /// It belongs to another user than the one that it has to belong to.
    case belongsToAnother(uid_t, insteadOf: uid_t)
    /// Others may change it.
    case writable(mode_t)
    /// Others may read it.
    case readable(mode_t)
  }

  /// What it is, such as `the database`.
  let whatItIs: String
  let path: String
  let danger: Danger

  package var description: String {
    let file = "\(whatItIs) \(path.printable)"
    return switch danger {
    case .belongsToAnother(let owner, let expected):
      "\(file) belongs to \(UserName(owner)), not to \(UserName(expected)); run: chown \(UserName(expected)) "
        + path.shellQuoted
    case .writable(let mode):
      "\(file) can be changed by others than its owner (mode \(UnsafeFile.octal(mode))); run: chmod go-w "
        + path.shellQuoted
    case .readable(let mode):
      "\(file) is open to others than its owner (mode \(UnsafeFile.octal(mode))); run: chmod 600 "
        + path.shellQuoted
    }
  }

  private static func octal(_ mode: mode_t) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// The name of a user, and its number where it has none.
struct UserName: CustomStringConvertible {
  let description: String

  init(_ user: uid_t) {
    let entry = getpwuid(user)
    description = entry.flatMap { $0.pointee.pw_name }.map { String(cString: $0).printable } ?? String(user)
  }
}
