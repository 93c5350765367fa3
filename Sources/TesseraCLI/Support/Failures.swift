import ArgumentParser
import Foundation
import NIOCore
import TesseraCore
import TesseraServer

/// Why a command could not do what it was asked: one line for people, and an exit code for scripts.
struct CommandFailure: Error {
  let message: String
  let exitCode: ExitCode

  init(_ message: String, _ exitCode: ExitCode = .failure) {
    self.message = message
    self.exitCode = exitCode
  }
}

/// The exit codes that scripts can rely on, beside 0 for done and 1 for a failure.
extension ExitCode {
  static let usage = ExitCode(2)
  static let authentication = ExitCode(3)
  static let notFound = ExitCode(4)
  static let conflict = ExitCode(5)
  static let unreachable = ExitCode(6)
}

/// What is said about an error, and the exit code that goes with it.
struct FailureReport {
  let text: String
  let exitCode: ExitCode

  init(_ error: any Error) {
    switch error {
    case let error as CommandFailure: self.init(error.message, error.exitCode)
    case let error as AdministrationError: self.init(error.description, error.exitCode)
    case let error as StoreError: self.init(error.description, .failure)
    case let error as AuditLogError: self.init(error.description, .failure)
    case let error as ConfigurationError: self.init(error.description, error.exitCode)
    case let error as ImportFileError: self.init(error.description, .usage)
    case let error as StoreMoveError: self.init(error.description, error.exitCode)
    case let error as DeclarationError: self.init(error.description, .failure)
    case let code as ExitCode: self.init("", code)
    case is ClosedOutput: self.init("", .failure)
    default: self.init(ofParser: error)
    }
  }

  private init(_ text: String, _ exitCode: ExitCode) {
    self.text = text
    self.exitCode = exitCode
  }

  /// The parser takes help and version for errors too, and describes those that are not its own.
  private init(ofParser error: any Error) {
    let message = TesseraCommand.message(for: error)
    switch TesseraCommand.exitCode(for: error) {
    case .success: self.init(message, .success)
    case .validationFailure:
      let help = TesseraCommand.fullMessage(for: error).firstMatch(of: /See '(.+)' for more information/)
      self.init(message + (help.map { " (see \($0.1))" } ?? ""), .usage)
    default: self.init(message, .failure)
    }
  }

  /// The same failure, with what was done all the same.
  func failure(adding fact: String) -> CommandFailure {
    CommandFailure(text.isEmpty ? text : "\(text) (\(fact))", exitCode)
  }

  /// Writes the text where it belongs and gives the exit code.
  func deliver() -> Int32 {
    if exitCode == .success {
      try? FileOutput.standardOutput.write(text + "\n")
    } else if !text.isEmpty {
      let line = text.split(whereSeparator: \.isNewline)
        .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
      try? FileOutput.standardError.write("tessera: \(line.printable)\n")
    }
    return exitCode.rawValue
  }
}

extension AdministrationError {
  var exitCode: ExitCode {
    switch self {
    case .notFound: .notFound
    case .conflict, .versionMismatch: .conflict
    case .invalid: .usage
    case .unavailable: .failure
    }
  }
}

extension StoreMoveError {
  fileprivate var exitCode: ExitCode {
    switch self {
    case .usage: .usage
    case .conflict: .conflict
    case .failed: .failure
    }
  }
}

extension ConfigurationError {
  fileprivate var exitCode: ExitCode {
    if case .commandLine = origin { .usage } else { .failure }
  }
}
