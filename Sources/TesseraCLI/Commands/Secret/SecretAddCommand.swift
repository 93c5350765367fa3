import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

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
    let name = try DisplayName(name ?? WallClock.system.now.iso8601, of: .secretName)
    let lifetime = try expiresIn.map { try SecretLifetime(days: $0) }
    let imported = try secretFile.map {
      try ClientSecret(existing: InputText.read($0, whatItIs: "a client secret"))
    }
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      let ((stored, secret), file) = try await savedSecret.keep {
        try await workspace.administration.addSecret(
          to: found.id,
          named: name,
          imported: imported,
          lifetime: lifetime
        )
      } secret: {
        $0.secret
      }
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
        json: NewSecretRepresentation(NewSecret(secret, in: file?.path), stored, of: found.id).json
      )
      if imported != nil { secret.warnWhenWeak(of: found.id) }
    }
  }
}
