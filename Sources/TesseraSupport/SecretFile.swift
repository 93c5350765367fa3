#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file with a secret, or with anything else that is one small text.
package enum SecretFile {
  /// Why there is no text; without the path, which can tell more than a caller of an API should know.
  package struct Failure: Error {
    package let reason: String

    package init(reason: String) {
      self.reason = reason
    }
  }

  private static let limit = 65_536

  /// The text of a file without the white space around it.
  package static func read(_ path: String) throws(Failure) -> String {
    let bytes = try readBytes(path)
    guard bytes.count <= limit else { throw Failure(reason: "the file is larger than 64 KiB") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(reason: "the file is not UTF-8")
    }
    let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
    guard !trimmed.isEmpty else { throw Failure(reason: "the file is empty") }
    return String(trimmed)
  }

  /// At most one byte more than the limit.
  private static func readBytes(_ path: String) throws(Failure) -> [UInt8] {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw failure(errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(reason: "it is not a regular file") }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count < bytes.count {
      let start = count
      let result = bytes.withUnsafeMutableBytes { buffer in
        pread(file, buffer.baseAddress?.advanced(by: start), buffer.count - start, off_t(start))
      }
      guard result >= 0 else { throw failure(errno) }
      if result == 0 { break }
      count += result
    }
    return Array(bytes[..<count])
  }

  private static func failure(_ code: Int32) -> Failure {
    Failure(reason: "the file cannot be read: \(String(cString: strerror(code)))")
  }
}
