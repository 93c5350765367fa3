import ArgumentParser

/// `tessera token`.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Get, inspect and revoke access tokens.",
    subcommands: [TokenIssueCommand.self, TokenInspectCommand.self, TokenRevokeCommand.self]
  )
}

/// The token that a command is about.
struct TokenArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The access token, or - to read it from standard input.", valueName: "token"))
  var text: String
}
