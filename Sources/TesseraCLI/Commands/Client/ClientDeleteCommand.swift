import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera client delete`.
struct ClientDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Remove a client for good, with its secrets and tokens."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var version: ExpectedVersion
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      try confirmation.ask("Delete client '\(found.name)' (\(found.id)) for good?")
      try await workspace.administration.deleteClient(found, ifVersion: version.number)
      try workspace.print(
        text: "Deleted client '\(found.name.printable)' (\(found.id)).",
        json: .object([.init("client_id", .string(found.id.rawValue)), .init("deleted", .boolean(true))])
      )
    }
  }
}
