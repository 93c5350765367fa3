import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera config check`.
struct ConfigCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the configuration and show each value and where it comes from."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let configuration = try global.configurationOfCommand()
    try configuration.checkCertificate()
    try ListWriter.write(
      ConfigurationKey.all,
      global.format,
      TextTable("KEY", "VALUE", "FROM"),
      emptyText: "",
      row: { key in
        [key.name, value(of: key, configuration) ?? "", configuration.origin(of: key).description]
      },
      json: { key in
        .object([
          .init("key", .string(key.name)), .init("value", JSONValue(value(of: key, configuration))),
          .init("from", .string(configuration.origin(of: key).description)),
        ])
      }
    )
  }

  /// What can be shown; nil for what is not set.
  private func value(of key: ConfigurationKey, _ configuration: ServerConfiguration) -> String? {
    let isSet = configuration.origin(of: key) != .default
    if key.isSecret { return isSet ? "(secret)" : nil }
    let value = key.value(in: configuration)
    return value.isEmpty && !isSet ? nil : value
  }
}
