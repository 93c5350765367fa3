import ArgumentParser

/// `tessera operator`.
struct OperatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operator",
    abstract: "Register who may use the management API.",
    subcommands: [OperatorCreateCommand.self]
  )
}
