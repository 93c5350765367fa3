import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera revoke-all`.
struct RevokeAllCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke-all",
    abstract: "Revoke every token of every client. Clients can get new ones.",
    discussion: """
      With --clock-was-ahead it also replaces all keys, so that no token of before can ever be valid, and sets back what
      is stored ahead of the clock. Set the clock right first. APIs that verify JWTs offline can refuse new tokens until
      they read the key set again, for at most keys.set-lifetime.
      """
  )

  @Flag(help: "This machine's clock was ahead and was set back: new tokens are refused, or not valid yet.")
  var clockWasAhead = false

  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    if clockWasAhead {
      return try await global.withWorkspace { workspace in
        try confirm()
        try await repair(workspace)
      }
    }
    try await global.administer { workspace in
      try confirm()
      try await workspace.administration.revokeAllTokens()
      try workspace.print(
        text: "Revoked every token that was issued up to now.",
        json: .object([.init("revoked", .boolean(true))])
      )
    }
  }

  private func confirm() throws {
    try confirmation.ask("Revoke every token of every client of this server?")
    try confirmation.ask("Every application will have to get a new token at once. Are you sure?")
  }

  private func repair(_ workspace: Workspace) async throws {
    let repaired = try await workspace.administration.repairAfterClockWasAhead()
    try workspace.print(
      text:
        "Revoked every token that was issued up to now, replaced all keys (\(repaired.keys)), and set back the times "
        + "of clients that were ahead (\(repaired.clients.count)).",
      json: .object([
        .init("revoked", .boolean(true)), .init("keys_replaced", .integer(repaired.keys)),
        .init("clients_set_back", JSONValue(repaired.clients.map(\.rawValue))),
      ])
    )
  }
}
