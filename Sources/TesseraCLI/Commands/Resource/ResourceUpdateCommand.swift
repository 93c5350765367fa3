import ArgumentParser
import TesseraCore
import TesseraJOSE

/// `tessera resource update`.
struct ResourceUpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Change an API. The change applies to new tokens; existing ones stay as they are."
  )

  /// A choice, or none.
  enum Choice<Value: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
    case value(Value)
    case `default`

    init?(argument: String) {
      if argument == "default" {
        self = .default
      } else if let value = Value(argument: argument) {
        self = .value(value)
      } else {
        return nil
      }
    }

    static var allValueStrings: [String] { Value.allValueStrings + ["default"] }

    var chosen: Value? { if case .value(let value) = self { value } else { nil } }
  }

  @OptionGroup var resource: ResourceArgument
  @OptionGroup var version: ExpectedVersion
  @OptionGroup var global: GlobalOptions

  @Option(help: "A description of the API.")
  var description: String?

  @Option(help: "The only token format that it accepts; default for the client's.")
  var tokenFormat: Choice<TokenFormat>?

  @Option(help: "The algorithm that signs JWTs for it; default for ES256.")
  var signingAlgorithm: Choice<TokenAlgorithm>?

  @Option(help: "The typ of JWTs for it; JWT only if it accepts no other.")
  var jwtType: JWTType?

  func run() async throws {
    var update = ResourceUpdate()
    update.description = try description.map { try DisplayName($0, of: .description) }
    update.tokenFormat = tokenFormat.map(\.chosen)
    update.signingAlgorithm = signingAlgorithm.map { $0.chosen?.algorithm }
    update.jwtType = jwtType
    update.ifVersion = version.number
    try await global.administer { workspace in
      let resource = try Resource(existing: resource.uri)
      try await workspace.show(try await workspace.administration.updateResource(resource, update))
    }
  }
}
