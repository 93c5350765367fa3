import ArgumentParser

/// `tessera config`.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Check the configuration, or print what can be set.",
    subcommands: [ConfigCheckCommand.self, ConfigReferenceCommand.self]
  )
}
