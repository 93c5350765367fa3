import Configuration

/// The `TESSERA_*` environment.
struct ConfigurationEnvironment {
  static let prefix = "TESSERA_"
  /// What commands read that is not configuration of the server.
  static let variablesOfCommands = ["TESSERA_CONFIG", "TESSERA_URL", "TESSERA_CLIENT_SECRET"]

  /// All but the service links.
  let variables: [String: String]
  /// The names of Kubernetes' service links among those that look like ours.
  let serviceLinks: [String]

  init(variables: [String: String]) {
    let links = variables.filter { name, value in
      name.hasPrefix(ConfigurationEnvironment.prefix)
        && ServiceLink.matches(name, value, isKnown: ConfigurationEnvironment.known.contains(name))
    }
    self.variables = variables.filter { links[$0.key] == nil }
    serviceLinks = links.keys.sorted()
  }

  private static let known = ConfigurationKey.all.map(\.environmentVariable) + variablesOfCommands

  /// The values.
  var snapshot: any ConfigSnapshot {
    EnvironmentVariablesProvider(environmentVariables: variables).snapshot()
  }

  /// Throws for the first variable of ours that is not known: it was meant to do something.
  func checkVariables() throws(ConfigurationError) {
    for name in variables.keys.sorted()
    where name.hasPrefix(ConfigurationEnvironment.prefix) && !ConfigurationEnvironment.known.contains(name) {
      throw .unknownVariable(name, among: ConfigurationEnvironment.known)
    }
  }
}
