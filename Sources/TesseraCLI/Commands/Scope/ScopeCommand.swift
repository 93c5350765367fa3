import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera scope`.
struct ScopeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scope",
    abstract: "Manage scopes: what tokens give access to.",
    subcommands: [ScopeListCommand.self, ScopeCreateCommand.self, ScopeRetireCommand.self]
  )
}

extension ScopeDefinition {
  static var table: TextTable { TextTable("SCOPE", "RESOURCE", "STATUS", "DESCRIPTION") }

  var row: [String] {
    [scope.name, resource.uri, retiredAt == nil ? "granted" : "retired", description]
  }
}
