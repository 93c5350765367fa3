import ArgumentParser
import Foundation
import TesseraCore
import TesseraServer

/// Nobody reads the output any more, as after `| head -1`.
///
/// Nothing is said about it.
struct ClosedOutput: Error {}

/// Where commands write their results.
enum Console {
  /// Writes a text and a newline to standard output.
  static func print(_ text: String) throws {
    try write(text + "\n")
  }

  /// Writes a text to standard output as it is.
  static func write(_ text: String) throws {
    do throws(SystemError) {
      try FileOutput.standardOutput.write(text)
    } catch {
      guard error.code != EPIPE else { throw ClosedOutput() }
      throw CommandFailure("cannot write the output: \(error)")
    }
  }

  /// Says on standard error what follows from what was asked, though it was done.
  static func warn(_ text: String) {
    try? FileOutput.standardError.write("tessera: warning: \(text.printable)\n")
  }

  /// Says something beside the result, to people.
  static func note(_ text: String) {
    try? FileOutput.standardError.write("tessera: note: \(text.printable)\n")
  }

  /// Writes a JSON value in a form that people can read too.
  static func print(_ value: JSONValue) throws {
    try print(value.text(indentation: 2))
  }
}

/// How a command writes its result.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  /// For people.
  case text
  /// For scripts.
  case json
}
