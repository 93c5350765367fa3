import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera key rewrap`.
struct KeyRewrapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rewrap",
    abstract: "Change the master key, without an outage.",
    discussion: """
      A new master key is made, all that the present one protects is protected by the new one in one step, and the new one
      takes the place of the file. Tokens and secrets stay valid, and servers on this data directory take the new key
      within a second. Other nodes go on with what they have in memory, until the next key is made: put the new master key
      there, as master.key.new beside the present one, before or right after this.

      The one before is kept beside it: backups of before need it. With --new-key-file the new key is the one in that
      file, and none is replaced.
      """
  )

  @Option(
    help: ArgumentHelp(
      "A file with the new master key, which is then yours to put in its place. (default: one is made)",
      valueName: "file"
    ),
    completion: .file()
  )
  var newKeyFile: String?

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let change = try MasterKeyChange(workspace.configuration, newKeyPath: newKeyFile)
      let outcome = try await change.run(workspace.administration)
      try workspace.print(
        text: "Changed the master key, which protects \(outcome.keys) keys; the new one is in "
          + "\(outcome.path.printable)."
          + (outcome.previousPath.map { " The one before is in \($0.printable), for backups of before." }
            ?? ""),
        json: .object([
          .init("keys", .integer(outcome.keys)), .init("master_key_file", .string(outcome.path)),
          .init("previous_master_key_file", outcome.previousPath.map(JSONValue.string) ?? .null),
        ])
      )
      if newKeyFile != nil {
        Console.note("servers go on without it, but cannot start: give them the new master key now")
      }
    }
  }
}
