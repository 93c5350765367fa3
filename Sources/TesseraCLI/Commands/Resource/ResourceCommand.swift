import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer

/// `tessera resource`.
struct ResourceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resource",
    abstract: "Manage the APIs that tokens are for.",
    discussion: "A scope belongs to a resource; the resource is the audience of tokens with that scope.",
    subcommands: [
      ResourceListCommand.self, ResourceCreateCommand.self, ResourceUpdateCommand.self,
      ResourceRetireCommand.self,
    ]
  )
}

/// The resource that a command is about.
struct ResourceArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The identifier of the API, an absolute URI or a plain name.", valueName: "uri")
  )
  var uri: String
}

extension ResourceDefinition {
  static var table: TextTable {
    TextTable("RESOURCE", "TOKENS", "SIGNED BY", "TYPE", "KEYS AT", "STATUS", "DESCRIPTION")
  }

  var row: [String] {
    [
      resource.uri, tokenFormat?.rawValue ?? "as the client has it", (signingAlgorithm ?? .es256).name,
      jwtType.rawValue, ResourceRepresentation(self).keySet,
      retiredAt == nil ? "in use" : "retired", description,
    ]
  }
}

extension ServerWorkspace {
  /// Writes a resource, and from when its tokens are signed as it says if that is not now.
  func show(_ definition: ResourceDefinition) async throws {
    var table = ResourceDefinition.table
    var text = table.lines(of: [definition.row])
    if let algorithm = definition.signingAlgorithm, let time = try await firstUse(of: algorithm) {
      text +=
        "\n\nJWTs are signed by \(algorithm) from \(time.iso8601), when its new key is known everywhere; "
        + "until then by ES256."
    }
    if definition.signingAlgorithm == .mlDSA65 {
      text +=
        "\n\nMany libraries do not know its type of key (AKP), so it is published in a set of its own: "
        + "\(JWKSEndpoint.Contents.postQuantum.path)"
    }
    try print(text: text, json: ResourceRepresentation(definition).json)
  }

  /// From when an algorithm is used; nil when it is already.
  private func firstUse(of algorithm: SigningAlgorithm) async throws -> Timestamp? {
    let keys = try await administration.keys().filter { $0.key.use == .signing(algorithm) }
    return keys.allSatisfy { $0.state == .pending } ? keys.first?.key.activatesAt : nil
  }
}
