import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer

/// `tessera resource create`.
struct ResourceCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Add an API that tokens can be issued for. Give it scopes with 'scope create --resource'."
  )

  @OptionGroup var resource: ResourceArgument
  @OptionGroup var global: GlobalOptions

  @Option(help: "A description of the API.")
  var description: String

  @Option(help: "The only token format that it accepts. (default: the client's)")
  var tokenFormat: TokenFormat?

  @Option(help: "The algorithm that signs JWTs for it. (default: ES256)")
  var signingAlgorithm: TokenAlgorithm?

  @Option(help: "The typ of JWTs for it; JWT only if it accepts no other.")
  var jwtType = JWTType.accessToken

  func run() async throws {
    try await global.administer { workspace in
      try await workspace.show(
        try await workspace.administration.createResource(
          Resource(new: resource.uri),
          description: DisplayName(description, of: .description),
          tokenFormat: tokenFormat,
          signingAlgorithm: signingAlgorithm?.algorithm,
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

/// An algorithm that tokens are signed by.
struct TokenAlgorithm: ExpressibleByArgument, Sendable {
  let algorithm: SigningAlgorithm

  init?(argument: String) {
    guard let known = SigningAlgorithm.ofTokens.first(where: { $0.name == argument }) else { return nil }
    algorithm = known
  }

  static var allValueStrings: [String] { SigningAlgorithm.ofTokens.map(\.name) }
}
