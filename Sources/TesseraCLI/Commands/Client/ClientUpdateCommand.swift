import ArgumentParser
import TesseraCore

/// `tessera client update`.
struct ClientUpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Change a client. It takes effect at once; tokens stay as they are."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  @Option(help: "Its new name.")
  var name: String?

  @Option(
    name: .customLong("scope"),
    help: "A scope it may ask for from now on, instead of all it had; may be repeated, or a list with commas."
  )
  var scopes: [String] = []

  @Option(
    help: ArgumentHelp("How long its tokens live from now on; 0 for token.lifetime.", valueName: "seconds")
  )
  var tokenLifetime: Int?

  @OptionGroup var introspection: IntrospectionRight

  func run() async throws {
    var update = ClientUpdate()
    update.name = name
    update.scopes = scopes.isEmpty ? nil : scopes.scopeNames
    update.tokenLifetime = tokenLifetime
    update.introspectedResources = try introspection.resources
    try await global.withWorkspace { workspace in
      let found = try await workspace.administration.client(client.reference)
      try workspace.show(try await workspace.administration.updateClient(found.id, update))
    }
  }
}
