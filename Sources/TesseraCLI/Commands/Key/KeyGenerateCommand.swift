import ArgumentParser
import Foundation
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// `tessera key generate`.
struct KeyGenerateCommand: AsyncParsableCommand {
  /// The form of a private key.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case pem, jwk
  }

  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make a pair of keys for a client: register the public half, and write the private one.",
    discussion: "The private half is written once and kept nowhere else."
  )

  @Option(help: ArgumentHelp("The ID or the name of the client.", valueName: "client"))
  var client: String

  /// What a client signs by, which may be other than what tokens are signed by.
  struct Algorithm: ExpressibleByArgument {
    let value: SigningAlgorithm

    init?(argument: String) {
      guard let known = SigningAlgorithm(argument) else { return nil }
      value = known
    }

    static var allValueStrings: [String] { SigningAlgorithm.all.map(\.name) }
  }

  @Option(
    name: .customLong("algorithm"),
    help: ArgumentHelp("The algorithm that the client signs by. (default: ES256)", valueName: "algorithm")
  )
  var chosen: Algorithm?

  @Option(
    help: ArgumentHelp(
      "Write the private half to this new file, which only you may read, instead of printing it.",
      valueName: "file"
    ),
    completion: .file()
  )
  var out: String?

  @Option(name: .customLong("as"), help: "The form of the private half: pem (PKCS#8) or jwk.")
  var form = Form.pem

  @Option(help: "The name of the key, unique among the client's keys and secrets. (default: its thumbprint)")
  var name: String?

  @Option(help: ArgumentHelp("The number of days until it expires. (default: never)", valueName: "days"))
  var expiresIn: Int?

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let name = try name.map { try DisplayName($0, of: .keyName) }
    let lifetime = try expiresIn.map { try SecretLifetime(days: $0, of: .keyExpiry) }
    let algorithm = chosen?.value ?? .es256
    guard let pair = algorithm.generate(.system) else { throw CommandFailure("no key could be made") }
    let publicKey = JWK(pair.publicMaterial, for: algorithm)
    let text = text(of: pair, publicKey)
    try await global.administer { workspace in
      let found = try await workspace.client(client)
      let file = out.map(PrivateFile.init)
      // First, so that nothing is registered whose other half is not kept.
      try file?.make(with: text)
      let key: ClientKey
      do {
        let new = NewClientKey(.key(publicKey), named: name, lifetime: lifetime)
        key = try await workspace.administration.addKeys([new], to: found.id)[0]
      } catch {
        file?.remove()
        throw error
      }
      let fields = TextTable.fields([
        "client ID": found.id.rawValue, "key": key.name, "key ID": publicKey.keyID,
        "algorithm": algorithm.name, "key expires": key.expiresAt?.iso8601,
        "private key": file.map { "in \($0.path)" },
      ])
      let shown =
        file == nil ? "\n\n\(text)\nThe private key is shown only once; keep it in a safe place." : ""
      let kept = file.map { JSONValue.Member("private_key_file", .string($0.path)) }
      try workspace.printOnce(
        file == nil ? "key '\(key.name)' was added to client \(found.id)" : nil,
        remedy: "its private half could not be written and is lost; 'tessera client key remove' removes it",
        text: fields + shown,
        json: .object([
          .init("client_id", .string(found.id.rawValue)), .init("key", ClientKeyRepresentation(key).json),
          kept ?? .init("private_key", .string(text)),
        ])
      )
    }
  }

  /// The private half, with a newline at the end.
  private func text(of pair: any SigningKey, _ publicKey: JWK) -> String {
    switch form {
    case .pem:
      // RFC 7468 §10.
      let lines = Data(pair.pkcs8).base64EncodedString(
        options: [.lineLength64Characters, .endLineWithLineFeed]
      )
      return "-----BEGIN PRIVATE KEY-----\n\(lines)\n-----END PRIVATE KEY-----\n"
    case .jwk:
      let members = publicKey.members + pair.privateMembers
      return JSONValue.object(members.map { .init($0.name, .string($0.value)) }).text(indentation: 2) + "\n"
    }
  }
}
