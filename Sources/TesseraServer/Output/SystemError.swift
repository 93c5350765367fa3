import Foundation

/// An error number of the operating system.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The value of `errno`.
  package let code: Int32

  /// Takes a value of `errno`.
  package init(code: Int32) {
    self.code = code
  }

  /// What the last system call of this thread failed with.
  package static var last: SystemError { SystemError(code: errno) }

  package var description: String { String(cString: strerror(code)) }
}
