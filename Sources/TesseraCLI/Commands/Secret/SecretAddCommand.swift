import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera client secret add`.
struct SecretAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a secret to a client and print it. It is shown only once."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  @Option(help: "The name of the secret, unique within the client. (default: the current time)")
  var name: String?

  @Option(help: ArgumentHelp("The number of days until it expires. (default: never)", valueName: "days"))
  var expiresIn: Int?

  @Option(
    help: ArgumentHelp(
      "A file that contains an existing secret to import; - for standard input. (default: a new secret)",
      valueName: "file"
    ),
    completion: .file()
  )
  var secretFile: String?

  @OptionGroup var savedSecret: SavedSecret

  func validate() throws {
    guard savedSecret.path == nil || secretFile == nil else {
      throw ValidationError("--save-secret is for a new secret and cannot be used with --secret-file")
    }
  }

  func run() async throws {
    let imported = try secretFile.map { try InputText.read($0, whatItIs: "a client secret") }
    try await global.withWorkspace { workspace in
      let found = try await workspace.client(client.reference)
      let ((stored, secret), file) = try await savedSecret.keep {
        try await workspace.administration.addSecret(
          to: found.id,
          named: name ?? WallClock.system.now.iso8601,
          imported: imported,
          expiresInDays: expiresIn
        )
      } secret: {
        $0.secret
      }
      var members: [JSONValue.Member] = [
        .init("client_id", .string(found.id.rawValue)),
        file.map { JSONValue.Member("client_secret_file", .string($0.path)) }
          ?? JSONValue.Member("client_secret", .string(secret.exposed)),
        .init("secret", .string(stored.name)),
      ]
      if let time = stored.expiresAt { members.append(.init("client_secret_expires_at", JSONValue(time))) }
      let fields = TextTable.fields([
        "client ID": found.id.rawValue,
        "client secret": imported != nil ? "(as imported)" : file.map { "in \($0.path)" } ?? secret.exposed,
        "secret name": stored.name,
        "secret expires": stored.expiresAt?.iso8601,
      ])
      let note =
        imported == nil && file == nil ? "\n\nThe secret is shown only once; keep it in a safe place." : ""
      try workspace.printOnce(
        file == nil ? "secret '\(stored.name)' was added to client \(found.id)" : nil,
        text: fields + note,
        json: .object(members)
      )
      if imported != nil { secret.warnWhenWeak(of: found.id) }
    }
  }
}
