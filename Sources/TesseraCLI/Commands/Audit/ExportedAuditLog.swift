import Foundation
import TesseraCore
import TesseraServer

/// Files that `tessera audit export` has written, each going on where the one before ended.
struct ExportedAuditLog {
  /// The most bytes of a line; a record has some kilobytes.
  private static let longestLine = 1 << 20

  private let files: [String]
  private let marks: [ExportedAuditMark]

  /// Reads what is signed.
  init(_ files: [String]) throws {
    self.files = files
    var marks: [ExportedAuditMark] = []
    for file in files {
      try ExportedAuditLog.forEachLine(of: file) { line, _ in
        if let mark = ExportedAuditMark(line) { marks.append(mark) }
      }
    }
    self.marks = marks
  }

  /// What is found, and the key by which; `text` is the key in hexadecimal, nil for the one that stands in the files.
  func verify(
    by text: String?,
    against known: [AuditMark]
  ) throws -> (result: AuditVerification, key: [UInt8]) {
    let key: [UInt8]?
    if let text {
      key = [UInt8](hexadecimal: text)
      guard key?.count == 32 else {
        throw CommandFailure("--public-key: this is not a key, which has 64 hexadecimal digits", .usage)
      }
    } else {
      key = marks.last { $0.mark.name == AuditMark.checkpointName }?.publicKey
    }
    guard let key else {
      throw CommandFailure("nothing in the file says which key has signed it; name it by --public-key")
    }
    var check = AuditExportCheck(marks.map(\.mark), key: key, known: known)
    for file in files {
      try ExportedAuditLog.forEachLine(of: file) { line, number in
        check.take(line, number: number)
      }
    }
    return (check.verification(), key)
  }

  /// Hands over each line of a file.
  private static func forEachLine(of path: String, _ body: ([UInt8], _ number: Int) -> Void) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure("cannot read \(path): \(SystemError.last)") }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var rest: [UInt8] = []
    var number = 0
    while true {
      let chunk: Data?
      do { chunk = try handle.read(upToCount: 1 << 16) } catch { throw CommandFailure("cannot read \(path)") }
      guard let chunk, !chunk.isEmpty else {
        if !rest.isEmpty { body(rest, number + 1) }
        return
      }
      rest += chunk
      var start = rest.startIndex
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        number += 1
        body(Array(rest[start..<end]), number)
        start = end + 1
      }
      rest.removeSubrange(..<start)
      guard rest.count <= longestLine else {
        throw CommandFailure("\(path): line \(number + 1) is longer than any of an audit log")
      }
    }
  }
}
