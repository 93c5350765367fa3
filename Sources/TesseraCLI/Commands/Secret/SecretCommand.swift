import ArgumentParser

/// `tessera client secret`.
struct SecretCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secret",
    abstract: "Rotate the secrets of a client.",
    discussion: """
      All secrets of a client work at the same time, so rotation needs no outage: add a new one, give it to the
      application, revoke the old one.
      """,
    subcommands: [SecretAddCommand.self, SecretListCommand.self, SecretRevokeCommand.self]
  )
}
