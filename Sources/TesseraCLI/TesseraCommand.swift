import ArgumentParser
import TesseraServer

/// `tessera`.
struct TesseraCommand: AsyncParsableCommand {
  /// They may stand before the command as well as after it.
  @OptionGroup(title: "Options of a server elsewhere") var remote: RemoteOptions

  static let configuration = CommandConfiguration(
    commandName: "tessera",
    abstract: "An OAuth 2.0 token service for machines.",
    discussion: """
      Begin with 'tessera dev', which starts a server on this machine and prints how to get a token.

      Exit codes: 0 done, 1 failure, 2 usage, 3 authentication, 4 not found, 5 conflict, 6 unreachable.
      Shell completions: tessera --generate-completion-script bash|zsh|fish
      """,
    version: "tessera \(Version.current)",
    groupedSubcommands: [
      CommandGroup(
        name: "Server",
        subcommands: [DevCommand.self, InitCommand.self, ServeCommand.self, HealthcheckCommand.self]
      ),
      CommandGroup(
        name: "Administration",
        subcommands: [
          ClientCommand.self,
          OperatorCommand.self,
          ScopeCommand.self,
          ResourceCommand.self,
          TokenCommand.self,
          PlanCommand.self,
          ApplyCommand.self,
          ExportCommand.self,
          ImportCommand.self,
          KeyCommand.self,
          AuditCommand.self,
          NotificationsCommand.self,
          ReportCommand.self,
          ExplainCommand.self,
          ConfigCommand.self,
          APICommand.self,
          RevokeAllCommand.self,
          BackupCommand.self,
          RestoreCommand.self,
          MigrateStoreCommand.self,
          VersionCommand.self,
        ]
      ),
    ]
  )
}
