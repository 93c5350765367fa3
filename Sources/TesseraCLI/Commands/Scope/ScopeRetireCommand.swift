import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera scope retire`.
struct ScopeRetireCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire",
    abstract: "Stop granting a scope, for good. Tokens that have it keep it."
  )

  @Argument(help: "The name of the scope.")
  var name: String

  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      guard try await workspace.store.scopes().contains(where: { $0.scope.name == name }) else {
        throw StoreError.notFound("there is no scope '\(name)'")
      }
      try confirmation.ask("Retire scope '\(name)' for good?")
      try await workspace.administration.retireScope(name)
      try workspace.print(
        text: "Retired scope '\(name.printable)'.",
        json: .object([.init("name", .string(name)), .init("retired", .boolean(true))])
      )
    }
  }
}
