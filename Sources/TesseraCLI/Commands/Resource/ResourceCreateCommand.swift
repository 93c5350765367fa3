import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera resource create`.
struct ResourceCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Add an API that tokens can be for. Give it scopes by 'scope create --resource'."
  )

  @OptionGroup var resource: ResourceArgument
  @OptionGroup var global: GlobalOptions

  @Option(help: "What it is, for people.")
  var description: String

  @Option(help: "The only format of tokens that it takes. (default: that of the client)")
  var tokenFormat: TokenFormat?

  @Option(help: "The algorithm that JWTs for it are signed by. (default: ES256)")
  var signingAlgorithm: SigningAlgorithm?

  @Option(help: "The typ of JWTs for it; JWT only where it takes no other.")
  var jwtType = JWTType.accessToken

  func run() async throws {
    try await global.withWorkspace { workspace in
      try await workspace.show(
        try await workspace.administration.createResource(
          Resource(new: resource.uri),
          description: DisplayName(description, of: .description),
          tokenFormat: tokenFormat,
          signingAlgorithm: signingAlgorithm,
          jwtType: jwtType
        )
      )
    }
  }
}

extension TokenFormat: ExpressibleByArgument {}

extension JWTType: ExpressibleByArgument {}

extension SigningAlgorithm: ExpressibleByArgument {
  /// Nil when there is none of this name.
  public init?(argument: String) { self.init(argument) }

  /// The names there are.
  public static var allValueStrings: [String] { all.map(\.name) }
}
