import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera client create`.
struct ClientCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Register an application and print its ID and secret.",
    discussion: "The secret is shown once. The data directory is made if there is none."
  )

  @OptionGroup var global: GlobalOptions

  @Option(help: "What people call the client; unique.")
  var name: String

  @Option(name: .customLong("scope"), help: "A scope it may ask for; may be repeated, or a list with commas.")
  var scopes: [String] = []

  @Option(
    name: .customLong("default-scope"),
    help: "A scope it gets when it asks for none; may be repeated, or a list with commas."
  )
  var defaultScopes: [String] = []

  @Option(help: "The format of its tokens: opaque, or jwt for APIs that verify offline.")
  var tokenFormat = TokenFormat.opaque

  @Option(
    name: .customLong("claim"),
    help: ArgumentHelp(
      "A claim of its own in its JWTs and in introspection; may be repeated.",
      valueName: "name=value"
    )
  )
  var claims: [ClaimOption] = []

  @OptionGroup var introspection: NewIntrospectionRight

  @Option(help: "An existing ID to keep. (default: a new UUID)")
  var id: String?

  @Option(help: ArgumentHelp("How long its tokens live. (default: token.lifetime)", valueName: "seconds"))
  var tokenLifetime: Int?

  @Option(help: ArgumentHelp("After how many days its secret expires. (default: never)", valueName: "days"))
  var expiresIn: Int?

  @Option(
    help: ArgumentHelp(
      "A file with an existing secret to keep, - for standard input. (default: a new secret)",
      valueName: "file"
    ),
    completion: .file()
  )
  var secretFile: String?

  @Option(help: "The only way it may authenticate. (default: either way of sending its secret)")
  var authenticationMethod: ClientAuthenticationMethod?

  func run() async throws {
    var registration = ClientRegistration(name: name, scopes: scopes.scopeNames)
    registration.id = id
    registration.defaultScopes = defaultScopes.scopeNames
    registration.tokenFormat = tokenFormat
    registration.claims = try claims.byName()
    registration.introspectedResources = try introspection.resources
    registration.tokenLifetime = tokenLifetime
    registration.secretExpiresInDays = expiresIn
    registration.importedSecret = try secretFile.map { try InputText.read($0, whatItIs: "a client secret") }
    registration.authenticationMethod = authenticationMethod
    try await global.withWorkspace(whenAbsent: .initialises) { workspace in
      let (client, secret) = try await workspace.administration.registerClient(registration)
      let registered = RegisteredClient(
        client: client,
        secret: secret,
        isImported: secretFile != nil,
        lifetime: workspace.configuration.token.seconds(for: client)
      )
      try workspace.print(
        text: registered.text(issuer: workspace.configuration.issuer),
        json: registered.json
      )
    }
  }
}

extension ClientAuthenticationMethod: ExpressibleByArgument {}
