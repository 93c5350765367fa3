import ArgumentParser

/// `tessera client key`.
struct ClientKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Rotate the public keys and certificates of a client.",
    discussion: """
      All keys of a client work at the same time, so rotation needs no outage: add the new one, let the application use \
      it, remove the old one once it is not used any more.
      """,
    subcommands: [ClientKeyAddCommand.self, ClientKeyListCommand.self, ClientKeyRemoveCommand.self]
  )
}
