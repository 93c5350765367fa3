import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera client secret revoke`.
struct SecretRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Make a secret stop working at once. Tokens got with it stay valid."
  )

  @OptionGroup var client: ClientArgument

  @Argument(help: "The name of the secret.")
  var secret: String

  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace { workspace in
      let found = try await workspace.administration.client(client.reference)
      guard found.secrets.contains(where: { $0.name == secret }) else {
        throw StoreError.notFound("client \(found.id) has no secret named '\(secret)'")
      }
      try confirmation.ask("Revoke secret '\(secret)' of client '\(found.name)' (\(found.id))?")
      try await workspace.administration.revokeSecret(named: secret, of: found.id)
      try workspace.print(
        text: "Revoked secret '\(secret.printable)' of client '\(found.name.printable)' (\(found.id)).",
        json: .object([
          .init("client_id", .string(found.id.rawValue)), .init("secret", .string(secret)),
          .init("revoked", .boolean(true)),
        ])
      )
    }
  }
}
