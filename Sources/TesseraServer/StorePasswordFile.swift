import Foundation
import TesseraCore

/// A file with the password of a store: one line, readable by its owner only.
struct StorePasswordFile: Sendable {
  /// The most bytes that a password has.
  private static let limit = 1024

  let path: String
  var mayBeReadByGroup = false

  /// What reads it.
  var password: StorePassword {
    { Result { () throws(StoreOpeningError) in try read() } }
  }

  /// The password in the file, without the newline at its end.
  func read() throws(StoreOpeningError) -> String {
    let name = "the password file \(path.printable)"
    let bytes: [UInt8]
    do throws(GuardedFile.Problem) {
      bytes = try GuardedFile(path: path, mayBeReadByGroup: mayBeReadByGroup)
        .read(atMost: StorePasswordFile.limit + 3)
    } catch {
      switch error {
      case .notReadable(let reason): throw .failed("\(name) cannot be read: \(reason)")
      case .notRegular: throw .failed("\(name) is no file")
      case .readableByOthers:
        throw .failed("\(name) is open to others than its owner; run: chmod 600 \(path.shellQuoted)")
      case .foreignOwner(let owner):
        throw .failed(
          "\(name) belongs to \(UserName(owner)), who can change it; run: chown \(UserName(geteuid())) "
            + path.shellQuoted
        )
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .failed("\(name) is not UTF-8") }
    // A carriage return and the newline after it are one character.
    let line = text.last?.isNewline == true ? text.dropLast() : text[...]
    guard !line.isEmpty, !line.contains(where: { $0.isNewline || $0 == "\0" }),
      line.utf8.count <= StorePasswordFile.limit
    else {
      throw .failed("\(name) must hold one line, the password, of at most \(StorePasswordFile.limit) bytes")
    }
    return String(line)
  }
}
