import ArgumentParser
import TesseraCore
import TesseraSupport

/// `tessera client secret list`.
struct SecretListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the secrets of a client by name. The secrets themselves cannot be shown again."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let secrets = try await workspace.client(client.reference).secrets
      let now = WallClock.system.now
      try ListWriter.write(
        secrets,
        workspace.format,
        StoredSecret.table,
        emptyText: "no secrets",
        row: { $0.row(at: now) },
        json: { SecretRepresentation($0).json }
      )
    }
  }
}
