import TesseraCore

/// Why a configuration was refused: one line that names the key, where it was set and what is allowed.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The line.
  package let description: String
  /// Where the problem is; nil when there is no one place.
  package let origin: ConfigurationOrigin?

  init(_ description: String, origin: ConfigurationOrigin? = nil) {
    self.description = description
    self.origin = origin
  }

  /// What is asked for on the command line cannot be.
  package static func onCommandLine(_ description: String) -> ConfigurationError {
    ConfigurationError(description, origin: .commandLine(flag: nil))
  }

  /// A value that is not allowed.
  ///
  /// Of a secret the value is not repeated.
  static func badValue(
    of key: ConfigurationKey,
    _ text: String,
    from origin: ConfigurationOrigin
  ) -> ConfigurationError {
    let value = key.isSecret || key.mayHoldSecret ? "" : " is '\(shortened(text))' but"
    return ConfigurationError("\(key.name) (from \(origin))\(value) must be \(key.allowed)", origin: origin)
  }

  /// A key that does not exist.
  ///
  /// A known name that is close to it is suggested.
  static func unknownKey(
    _ name: String,
    among known: [String],
    from origin: ConfigurationOrigin
  ) -> ConfigurationError {
    ConfigurationError(
      "unknown key '\(shortened(name))' (from \(origin)); \(hint(name, known))",
      origin: origin
    )
  }

  /// A variable that looks like ours and does not exist.
  static func unknownVariable(_ name: String, among known: [String]) -> ConfigurationError {
    ConfigurationError(
      "unknown environment variable '\(shortened(name))'; \(hint(name, known))",
      origin: .environment(variable: name)
    )
  }

  private static func hint(_ name: String, _ known: [String]) -> String {
    let meant = NearestName.find(name, among: known)
    return meant.map { "did you mean '\($0)'?" } ?? "'tessera config reference' lists all"
  }

  /// What can stand in one line of moderate length.
  private static func shortened(_ text: String) -> String {
    text.prefix(100).printable
  }
}
