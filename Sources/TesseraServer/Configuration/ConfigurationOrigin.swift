import TesseraCore

/// Where the value of a configuration key comes from.
package enum ConfigurationOrigin: Sendable, Equatable, CustomStringConvertible {
  /// Nobody set it.
  case standard
  /// A line of the configuration file.
  case file(path: String, line: Int?)
  /// An environment variable.
  case environment(variable: String)
  /// The command line; with the name of the flag where there is one.
  case commandLine(flag: String?)

  package var description: String {
    switch self {
    case .standard: "default"
    case .file(let path, let line): path.printable + (line.map { ":\($0)" } ?? "")
    case .environment(let variable): variable.printable
    case .commandLine(let flag): flag ?? "command line"
    }
  }
}
