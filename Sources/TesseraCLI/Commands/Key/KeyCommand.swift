import ArgumentParser

/// `tessera key`.
struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Manage the keys that seal and sign tokens, and the one above them; make keys for clients.",
    discussion:
      "A running server rotates them by itself, every 30 days unless keys.rotation-interval says otherwise.",
    subcommands: [
      KeyListCommand.self, KeyRotateCommand.self, KeyDestroyCommand.self, KeyRewrapCommand.self,
      KeyGenerateCommand.self,
    ]
  )
}
