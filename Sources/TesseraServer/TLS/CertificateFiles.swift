import Foundation
import TesseraCore

/// Where a certificate and its key are.
struct CertificateFiles: Sendable, Equatable {
  static let maximumSize = 262_144

  let certificate: String
  let key: String

  /// The text of both.
  struct Contents: Sendable, Equatable {
    let certificate: String
    let key: String
  }

  /// What is in them now.
  func contents() throws(CertificateProblem) -> Contents {
    Contents(
      certificate: try CertificateFiles.text(of: certificate, .certificate),
      key: try CertificateFiles.text(of: key, .key)
    )
  }

  /// The file of a problem.
  func path(of problem: CertificateProblem) -> String { problem.file == .key ? key : certificate }

  private static func text(of path: String, _ file: CertificateProblem.File) throws(CertificateProblem)
    -> String
  {
    // Non-blocking, so that a named pipe does not hang the start.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(file, .last) }
    defer { close(descriptor) }
    // The opened file is asked, not the path, which could name another one by now.
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(file, .last) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(file) }
    if file == .key {
      // A group may share it, as those do that renew certificates for several servers.
      guard status.st_mode & 0o037 == 0 else { throw .readableByOthers }
      guard FileTrust.current.trusts(keyOwner: status.st_uid, folder: nil) else {
        throw .foreignOwner(status.st_uid)
      }
    }
    guard status.st_size <= maximumSize else { throw .tooLarge(file) }
    var buffer = [UInt8](repeating: 0, count: maximumSize + 1)
    var count = 0
    while count < buffer.count {
      let part = buffer[count...].withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress, $0.count)
      }
      guard part >= 0 else { throw .unreadable(file, .last) }
      if part == 0 { break }
      count += part
    }
    guard count <= maximumSize else { throw .tooLarge(file) }
    guard count > 0 else { throw .empty(file) }
    // A DER sequence of more than 127 bytes, which every certificate and key is.
    guard buffer[0] != 0x30 || buffer[1] < 0x80 else { throw .der(file) }
    guard let text = String(validating: buffer[..<count], as: UTF8.self) else { throw .notPEM(file) }
    return text
  }
}
