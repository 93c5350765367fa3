import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera client create`.
struct ClientCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Register an application and print its ID and secret.",
    discussion:
      "The secret is shown once. An application with keys needs none, and gets none unless asked for."
  )

  @OptionGroup var global: GlobalOptions

  @Option(help: "The name of the client, which must be unique.")
  var name: String

  @Option(
    name: .customLong("scope"),
    help: "A scope it may request; may be repeated, or separated by commas."
  )
  var scopes: [String] = []

  @Option(
    name: .customLong("default-scope"),
    help: "A scope it gets when it requests none; may be repeated, or separated by commas."
  )
  var defaultScopes: [String] = []

  @Option(help: "The format of its tokens: opaque, or jwt for APIs that verify offline.")
  var tokenFormat = TokenFormat.opaque

  @Option(
    name: .customLong("claim"),
    help: ArgumentHelp(
      "A custom claim in its JWTs and in introspection; may be repeated.",
      valueName: "name=value"
    )
  )
  var claims: [NamedValue] = []

  @Option(
    name: .customLong("allow-address"),
    help: ArgumentHelp(
      "A range of addresses that its requests may come from; may be repeated. (default: anywhere)",
      valueName: "cidr"
    )
  )
  var addresses: [String] = []

  @OptionGroup var description: ClientDescription

  @OptionGroup var quota: QuotaOptions

  @OptionGroup var grants: GrantTypeOptions

  @OptionGroup var introspection: NewIntrospectionRight

  @Option(help: "An existing ID to import. (default: a new UUID)")
  var id: String?

  @Option(help: ArgumentHelp("The lifetime of its tokens. (default: token.lifetime)", valueName: "seconds"))
  var tokenLifetime: Int?

  @Option(
    help: ArgumentHelp("The number of days until its secret expires. (default: never)", valueName: "days")
  )
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

  @Flag(help: "Make a secret although it has keys.")
  var withSecret = false

  @Option(help: "The only authentication method it may use. (default: any that it has credentials for)")
  var authenticationMethod: ClientAuthenticationMethod?

  @OptionGroup var keys: ClientKeyOptions

  func validate() throws {
    guard savedSecret.path != nil || withSecret else { return }
    if secretFile != nil, savedSecret.path != nil {
      throw ValidationError("--save-secret is for a new secret and cannot be used with --secret-file")
    }
    if authenticationMethod == ClientAuthenticationMethod.none {
      throw ValidationError("a public client has no secret")
    }
  }

  func run() async throws {
    var registration = ClientRegistration(
      name: try DisplayName(name, of: .name),
      scopes: try scopes.scopes(of: .scopes)
    )
    registration.id = try id.map { try ClientID(new: $0) }
    registration.defaultScopes = try defaultScopes.scopes(of: .defaultScopes)
    registration.tokenFormat = tokenFormat
    registration.claims = try claims.claims()
    registration.introspectedResources = try introspection.resources
    registration.allowedAddresses = try addresses.addressRanges()
    try description.fill(&registration)
    registration.quota = quota.change
    registration.tokenLifetime = tokenLifetime
    registration.secretLifetime = try expiresIn.map { try SecretLifetime(days: $0) }
    registration.importedSecret = try secretFile.map {
      try ClientSecret(existing: InputText.read($0, whatItIs: "a client secret"))
    }
    registration.authenticationMethod = authenticationMethod
    registration.keys = try keys.change()
    registration.wantsSecret = withSecret || savedSecret.path != nil
    try await global.administer { workspace in
      var registration = registration
      registration.grantTypes = try grants.types(workspace.administration)
      let ((client, secret), file) = try await savedSecret.keep {
        try await workspace.administration.registerClient(registration)
      } secret: {
        $0.secret
      }
      let registered = RegisteredClient(
        client: client,
        secret: secret,
        file: file?.path,
        isImported: secretFile != nil,
        lifetime: workspace.facts.lifetime
      )
      let scopes = try await workspace.scopesOfOneToken(for: client)
      try workspace.printOnce(
        file == nil ? "client \(client.id) was registered" : nil,
        text: registered.text(
          issuer: workspace.facts.issuer,
          workspace.tokenEndpoint,
          scopes: scopes
        ),
        json: registered.json
      )
      client.warnWhenSecretsAreKept()
      if secretFile != nil { secret?.warnWhenWeak(of: client.id) }
    }
  }
}

extension ServerWorkspace {
  /// As many of a client's scopes as one token can have for sure: those of one API.
  ///
  /// APIs can want tokens of different formats, and then one request for all is refused.
  fileprivate func scopesOfOneToken(for client: Client) async throws -> [String] {
    let definitions = try await administration.scopes().filter { client.scopes.contains($0.scope) }
    let resource = definitions.first { $0.scope == client.scopes.scopes.first }?.resource
    let scopes = definitions.filter { $0.resource == resource }.map(\.scope)
    return client.scopes.scopes.filter(scopes.contains).map(\.name)
  }
}

extension ClientAuthenticationMethod: ExpressibleByArgument {}
