import ArgumentParser
import Foundation

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
  @Argument(
    help: ArgumentHelp(
      "The access token, or - to read it from standard input. Other users of this machine can see an argument, and "
        + "the shell's history keeps it.",
      valueName: "token"
    )
  )
  var argument: String?

  @Option(
    help: ArgumentHelp("A file that contains the access token; - for standard input.", valueName: "file"),
    completion: .file()
  )
  var tokenFile: String?

  func validate() throws {
    guard (argument == nil) != (tokenFile == nil) else {
      throw ValidationError(
        "exactly one token is required: --token-file FILE, - for standard input, or the token itself"
      )
    }
  }

  /// The token, without spaces and newlines around it.
  var text: String {
    get throws {
      let file = tokenFile ?? (argument == "-" ? "-" : nil)
      let text = try file.map { try InputText.read($0, whatItIs: "an access token") } ?? argument ?? ""
      return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}
