import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera operator create`.
struct OperatorCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Register a client that may use the management API, and print its ID and secret.",
    discussion: """
      A viewer may look at everything but secrets. An editor may also change clients, scopes, resources and secrets, and
      revoke tokens; an admin may also rotate keys and revoke every token. The secret is shown once.
      """
  )

  @Argument(help: "The name of the client, which must be unique.")
  var name: String

  @OptionGroup var global: GlobalOptions

  @Option(help: "What it may do.")
  var role: OperatorRole

  @Option(
    help: ArgumentHelp("The number of days until its secret expires. (default: never)", valueName: "days")
  )
  var expiresIn: Int?

  @OptionGroup var savedSecret: SavedSecret

  func run() async throws {
    let name = try DisplayName(name, of: .name)
    let lifetime = try expiresIn.map { try SecretLifetime(days: $0) }
    try await global.administer { workspace in
      let ((client, secret), file) = try await savedSecret.keep {
        try await workspace.administration.createOperator(named: name, role: role, secretLifetime: lifetime)
      } secret: {
        $0.secret
      }
      let registered = RegisteredClient(
        client: client,
        secret: secret,
        file: file?.path,
        isImported: false,
        lifetime: workspace.facts.lifetime
      )
      try workspace.printOnce(
        file == nil ? "client \(client.id) was registered" : nil,
        text: registered.text(
          issuer: workspace.facts.issuer,
          workspace.tokenEndpoint,
          scopes: client.scopes.scopes.map(\.name)
        ),
        json: registered.json
      )
    }
  }
}

extension OperatorRole: ExpressibleByArgument {}
