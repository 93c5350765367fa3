import ArgumentParser
import TesseraCore

@testable import TesseraCLI

/// `tessera client rename`.
struct ClientRenameCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Give a client another name. Its ID and secrets stay."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  @Argument(help: "Its new name.")
  var name: String

  func run() async throws {
    var update = ClientUpdate()
    update.name = try DisplayName(name, of: .name)
    try await global.administer { [update] workspace in
      let found = try await workspace.client(client.reference)
      try workspace.show(try await workspace.administration.updateClient(found.id, update))
    }
  }
}
