import ArgumentParser

/// `tessera client`.
struct ClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "client",
    abstract: "Register applications and manage them.",
    subcommands: [
      ClientCreateCommand.self, ClientListCommand.self, ClientShowCommand.self, ClientUpdateCommand.self,
      ClientDisableCommand.self, ClientEnableCommand.self, ClientDeleteCommand.self,
      ClientRevokeTokensCommand.self, ClientUsageCommand.self, SecretCommand.self,
      ClientKeyCommand.self, ClientTrustCommand.self,
    ]
  )
}

/// The client that a command is about.
struct ClientArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The ID or the name of the client.", valueName: "client"))
  var reference: String
}
