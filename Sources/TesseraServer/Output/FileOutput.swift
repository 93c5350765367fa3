import Foundation

/// Text to a file descriptor.
package struct FileOutput: Sendable {
  /// Where results go.
  package static let standardOutput = FileOutput(descriptor: STDOUT_FILENO)
  /// Where logs and errors go.
  package static let standardError = FileOutput(descriptor: STDERR_FILENO)

  let descriptor: Int32

  /// Text to this open file.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Writes all of it, where the system lets it in one piece, so that lines of several threads and processes
  /// do not mix.
  package func write(_ text: String) throws(SystemError) {
    var text = text
    let result = text.withUTF8 { bytes in Result { () throws(SystemError) in try write(bytes) } }
    try result.get()
  }

  /// Writes these bytes of a text.
  func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
    let result = bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(SystemError) in try write(bytes) }
    }
    try result.get()
  }

  private func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(SystemError) {
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      } else if errno != EINTR {
        throw .last
      }
    }
  }
}
