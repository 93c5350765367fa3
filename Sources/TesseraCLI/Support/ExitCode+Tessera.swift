import ArgumentParser

/// The exit codes that scripts can rely on, beside 0 for done and 1 for a failure.
extension ExitCode {
  static let usage = ExitCode(2)
  static let authentication = ExitCode(3)
  static let notFound = ExitCode(4)
  static let conflict = ExitCode(5)
  static let unreachable = ExitCode(6)
}
