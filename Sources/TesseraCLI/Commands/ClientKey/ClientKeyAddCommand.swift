import ArgumentParser
import TesseraCore
import TesseraServer
import TesseraSupport

/// `tessera client key add`.
struct ClientKeyAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add public keys or a certificate to a client.",
    discussion: "'tessera key generate' makes a new pair instead."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "A file with public keys, as a JWK Set, a JWK or PEM; - for standard input.",
      valueName: "file"
    ),
    completion: .file()
  )
  var jwks: String?

  @Option(
    help: ArgumentHelp("A file with a certificate in PEM; - for standard input.", valueName: "file"),
    completion: .file()
  )
  var certificate: String?

  @Option(help: "The name of the key, unique among the client's keys and secrets. (default: its key ID)")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The number of days until it expires. (default: never, or when the certificate does)",
      valueName: "days"
    )
  )
  var expiresIn: Int?

  func validate() throws {
    guard (jwks == nil) != (certificate == nil) else {
      throw ValidationError("either --jwks or --certificate is needed")
    }
  }

  func run() async throws {
    let name = try name.map { try DisplayName($0, of: .keyName) }
    let lifetime = try expiresIn.map { try SecretLifetime(days: $0, of: .keyExpiry) }
    var keys: [NewClientKey] = []
    if let jwks { keys += try PublicKeyFile.keys(at: jwks, named: name, lifetime: lifetime) }
    if let certificate {
      keys += try PublicKeyFile.certificate(at: certificate, named: name, lifetime: lifetime)
    }
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      let added = try await workspace.administration.addKeys(keys, to: found.id)
      var table = ClientKey.table
      try workspace.print(
        text: table.lines(of: added.map { $0.row(at: WallClock.system.now) }),
        json: .array(added.map { ClientKeyRepresentation($0).json })
      )
    }
  }
}
