import ArgumentParser
import TesseraCore

/// `tessera client update`.
struct ClientUpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Change a client. The change applies to new tokens at once.",
    discussion:
      "Its existing tokens keep their scopes, claims and lifetime until they expire, unless --revoke-tokens is given."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var version: ExpectedVersion
  @OptionGroup var global: GlobalOptions

  @Option(help: "Its new name.")
  var name: String?

  @Option(
    name: .customLong("scope"),
    help:
      "A scope it may request from now on, instead of all it had; may be repeated, or separated by commas."
  )
  var scopes: [String] = []

  @Option(
    name: .customLong("default-scope"),
    help: "A scope it gets from now on when it requests none, instead of all it had; may be repeated."
  )
  var defaultScopes: [String] = []

  @Flag(help: "Remove its default scopes.")
  var noDefaultScopes = false

  @Option(help: "The format of its tokens from now on.")
  var tokenFormat: TokenFormat?

  @Option(
    name: .customLong("claim"),
    help: ArgumentHelp(
      "A custom claim from now on, instead of all it had; may be repeated.",
      valueName: "name=value"
    )
  )
  var claims: [NamedValue] = []

  @Flag(help: "Remove its custom claims.")
  var noClaims = false

  @Option(
    help: ArgumentHelp("The lifetime of its tokens from now on; 0 for token.lifetime.", valueName: "seconds")
  )
  var tokenLifetime: Int?

  @Option(
    name: .customLong("allow-address"),
    help: ArgumentHelp(
      "A range of addresses that its requests may come from, instead of all it had; may be repeated.",
      valueName: "cidr"
    )
  )
  var addresses: [String] = []

  @Flag(help: "Let its requests come from anywhere.")
  var anyAddress = false

  @OptionGroup var description: ClientDescription

  @OptionGroup var removal: ClientDescriptionRemoval

  @OptionGroup var quota: QuotaOptions

  @OptionGroup var quotaRemoval: QuotaRemoval

  @Option(help: "The only authentication method it may use from now on.")
  var authenticationMethod: ClientAuthenticationMethod?

  @Flag(help: "Let it use any authentication method that it has credentials for.")
  var anyAuthenticationMethod = false

  @OptionGroup var keys: ClientKeyOptions

  @OptionGroup var keyRemoval: ClientKeyRemoval

  @OptionGroup var grants: GrantTypeOptions

  @OptionGroup var introspection: IntrospectionRight

  @OptionGroup var revocation: TokenRevocation
  @OptionGroup var confirmation: Confirmation

  func run() async throws {
    var update = ClientUpdate()
    update.name = try name.map { try DisplayName($0, of: .name) }
    update.scopes = scopes.isEmpty ? nil : try scopes.scopes(of: .scopes)
    update.tokenLifetime = tokenLifetime.map { $0 == 0 ? nil : $0 }
    guard !noDefaultScopes || defaultScopes.isEmpty, !noClaims || claims.isEmpty else {
      throw ValidationError(
        "--no-default-scopes cannot be used with --default-scope, nor --no-claims with --claim"
      )
    }
    if noDefaultScopes || !defaultScopes.isEmpty {
      update.defaultScopes = try defaultScopes.scopes(of: .defaultScopes)
    }
    guard !anyAddress || addresses.isEmpty else {
      throw ValidationError("--any-address cannot be used with --allow-address")
    }
    if anyAddress || !addresses.isEmpty { update.allowedAddresses = try addresses.addressRanges() }
    try description.fill(&update, removal)
    update.quota = try quotaRemoval.change(quota)
    guard authenticationMethod == nil || !anyAuthenticationMethod else {
      throw ValidationError("--any-authentication-method cannot be used with --authentication-method")
    }
    if let authenticationMethod { update.authenticationMethod = authenticationMethod }
    if anyAuthenticationMethod { update.authenticationMethod = .some(nil) }
    update.keys = try keyRemoval.change(keys)
    update.tokenFormat = tokenFormat
    if noClaims || !claims.isEmpty { update.claims = try claims.claims() }
    update.introspectedResources = try introspection.resources
    update.revokesTokens = revocation.isWanted
    update.ifVersion = version.number
    try await global.administer { workspace in
      let found = try await workspace.client(client.reference)
      if revocation.isWanted {
        try confirmation.ask("Change client '\(found.name)' (\(found.id)) and revoke all its tokens?")
      }
      var update = update
      update.grantTypes = try grants.types(workspace.administration)
      let updated = try await workspace.administration.updateClient(found.id, update)
      try workspace.show(updated)
      if authenticationMethod == .clientSecretJWT {
        updated.warnWhenSecretsAreKept()
        Console.note("it needs a new secret for that: tessera client secret add")
      }
      let lost = found.scopes.scopes.filter { !updated.scopes.contains($0) }
      if !lost.isEmpty, !revocation.isWanted {
        let names = lost.map(\.name).joined(separator: ", ")
        Console.note(
          "existing tokens keep \(names) until they expire; 'tessera client revoke-tokens' revokes them"
        )
      }
    }
  }
}
