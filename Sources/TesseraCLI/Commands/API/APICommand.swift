import ArgumentParser

/// `tessera api`.
struct APICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "api",
    abstract: "Describe the management API.",
    subcommands: [APIReferenceCommand.self]
  )
}
