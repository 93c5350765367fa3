import ArgumentParser

/// Why a command could not do what it was asked: one line for people, and an exit code for scripts.
struct CommandFailure: Error {
  let message: String
  let exitCode: ExitCode

  init(_ message: String, _ exitCode: ExitCode = .failure) {
    self.message = message
    self.exitCode = exitCode
  }
}
