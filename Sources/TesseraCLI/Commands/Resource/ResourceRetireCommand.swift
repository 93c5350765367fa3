import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera resource retire`.
struct ResourceRetireCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire",
    abstract: "Make no more tokens for an API, for good: its scopes are granted no more."
  )

  @OptionGroup var resource: ResourceArgument
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      guard try await workspace.store.resources().contains(where: { $0.resource.uri == resource.uri }) else {
        throw StoreError.notFound("there is no resource '\(resource.uri)'")
      }
      try confirmation.ask("Retire resource '\(resource.uri)' and its scopes for good?")
      try await workspace.administration.retireResource(resource.uri)
      try workspace.print(
        text: "Retired resource '\(resource.uri.printable)'.",
        json: .object([.init("resource", .string(resource.uri)), .init("retired", .boolean(true))])
      )
    }
  }
}
