import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera scope create`.
struct ScopeCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Add a scope. Give it to clients with 'client create' or 'client update'."
  )

  @Argument(help: "The name of the scope. It can never be used for another.")
  var name: String

  @Option(help: "A description of what it gives access to.")
  var description: String

  @Option(
    help: ArgumentHelp("The API that accepts tokens with it, one of 'resource list'.", valueName: "uri")
  )
  var resource = Administration.defaultResource

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let created = try await workspace.administration.createScope(
        Scope(name, of: .name),
        description: DisplayName(description, of: .description),
        resource: Resource(existing: resource)
      )
      var table = ScopeDefinition.table
      try workspace.print(text: table.lines(of: [created.row]), json: ScopeRepresentation(created).json)
    }
  }
}
