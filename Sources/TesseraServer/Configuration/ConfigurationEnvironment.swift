import Configuration

/// The `TESSERA_*` environment.
struct ConfigurationEnvironment {
  static let prefix = "TESSERA_"
  /// What commands read that is not configuration of the server.
  static let variablesOfCommands = ["TESSERA_CONFIG", "TESSERA_URL", "TESSERA_CLIENT_SECRET"]

  let variables: [String: String]

  /// The values.
  var snapshot: any ConfigSnapshot {
    EnvironmentVariablesProvider(environmentVariables: variables).snapshot()
  }

  /// Throws for the first variable of ours that is not known: it was meant to do something.
  func checkVariables() throws(ConfigurationError) {
    let known = ConfigurationKey.all.map(\.environmentVariable) + ConfigurationEnvironment.variablesOfCommands
    for name in variables.keys.sorted()
    where name.hasPrefix(ConfigurationEnvironment.prefix) && !known.contains(name) {
      throw .unknownVariable(name, among: known)
    }
  }
}
