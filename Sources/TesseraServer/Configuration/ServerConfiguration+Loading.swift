import Configuration
import Foundation
import TesseraCore

extension ServerConfiguration {
  /// The configuration from defaults, file, environment and command line; the later ones win.
  ///
  /// `file` is what `--config` names; without it and without `TESSERA_CONFIG`, `defaultFile` is read when
  /// it exists. `flags` are values from the command line by the name of their key. Throws for the first
  /// unknown key, bad value or contradiction.
  package static func load(
    file: String? = nil,
    defaultFile: String = ConfigurationFile.defaultName,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    flags: [String: String] = [:]
  ) throws(ConfigurationError) -> ServerConfiguration {
    let environment = ConfigurationEnvironment(variables: environment)
    try environment.checkVariables()
    var layers: [ConfigurationLayer] = []
    let named = file ?? environment.variables["TESSERA_CONFIG"]
    let file = try configurationFile(named, defaultFile)
    if let file {
      try file.checkKeys()
      layers.append(
        ConfigurationLayer(snapshot: file.snapshot) { file.origin(of: $0.name) }
      )
    }
    layers.append(
      ConfigurationLayer(snapshot: environment.snapshot, prefix: ["tessera"]) {
        .environment(variable: $0.environmentVariable)
      }
    )
    layers.append(ConfigurationLayer(snapshot: commandLine(flags)) { .commandLine(flag: $0.flag) })

    var configuration = ServerConfiguration()
    configuration.unnamedFile = named == nil ? file?.absolutePath : nil
    configuration.serviceLinks = environment.serviceLinks
    for key in ConfigurationKey.all { try configuration.set(key, from: layers) }
    configuration.http.listensAtAddresses =
      configuration.http.socket.isEmpty
      || ["http.host", "http.port"].contains { configuration.origins[$0] != nil }
    try configuration.readMasterKeyFile()
    try configuration.checkTogether()
    return configuration
  }

  private static func configurationFile(
    _ named: String?,
    _ standard: String
  ) throws(ConfigurationError) -> ConfigurationFile? {
    if let named {
      try ConfigurationFile.checkAccess(to: named, isNamed: true)
      return try ConfigurationFile(path: named)
    }
    guard FileManager.default.fileExists(atPath: standard) else { return nil }
    try ConfigurationFile.checkAccess(to: standard, isNamed: false)
    return try ConfigurationFile(path: standard)
  }

  private static func commandLine(_ flags: [String: String]) -> any ConfigSnapshot {
    let values = flags.map { name, text in
      (AbsoluteConfigKey(ConfigKey(name)), ConfigValue(.string(text), isSecret: false))
    }
    return InMemoryProvider(values: Dictionary(uniqueKeysWithValues: values)).snapshot()
  }

  private mutating func set(
    _ key: ConfigurationKey,
    from layers: [ConfigurationLayer]
  ) throws(ConfigurationError) {
    for layer in layers {
      guard let texts = try layer.texts(of: key) else { continue }
      let origin = layer.origin(key)
      guard key.write(&self, texts) else {
        throw .badValue(of: key, texts.joined(separator: ", "), from: origin)
      }
      origins[key.name] = origin
    }
  }
}
