import ArgumentParser
import Foundation
import TesseraServer

/// `tessera token issue`.
struct TokenIssueCommand: AsyncParsableCommand {
  /// What is written of the answer.
  enum Output: String, CaseIterable, ExpressibleByArgument {
    /// The token alone.
    case token
    /// An Authorization header with it.
    case header
    /// The answer of the server.
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "issue",
    abstract: "Ask a running server for an access token.",
    discussion: """
      The client secret comes from --client-secret-file or from $TESSERA_CLIENT_SECRET, never from an argument,
      which every process on this machine can see.
      """
  )

  @OptionGroup var global: GlobalOptions

  @Option(help: "Where the server is. (default: $TESSERA_URL, else the issuer of the data directory)")
  var url: String?

  @Option(help: "The ID of the client.")
  var clientID: String

  @Option(
    help: ArgumentHelp("A file that contains the client secret; - for standard input.", valueName: "file"),
    completion: .file()
  )
  var clientSecretFile: String?

  @Option(name: .customLong("scope"), help: "A scope to request; may be repeated, or separated by commas.")
  var scopes: [String]

  @Option(help: "What to print: the token, a header or the answer. (default: token; json with --format json)")
  var output: Output?

  @Option(
    help: ArgumentHelp(
      "A file in PEM with authorities to trust besides those of this machine. (default: that of tessera dev --tls)",
      valueName: "file"
    ),
    completion: .file(extensions: ["pem", "crt"])
  )
  var caFile: String?

  @Flag(help: "Allow sending the secret to another machine without TLS.")
  var allowPlainHTTP = false

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let configuration = try global.configurationOfCommand()
    let endpoint = try TokenEndpointURL(
      url ?? environment["TESSERA_URL"] ?? configuration.issuerInUse,
      configuration.tokenEndpoint,
      allowsPlainHTTP: allowPlainHTTP
    )
    let answer = try await TokenRequest(
      endpoint: endpoint,
      authorityFile: caFile ?? configuration.developmentAuthority,
      clientID: clientID,
      clientSecret: try clientSecret(environment),
      scopes: try scopes.scopeNames
    ).send()
    switch output ?? (global.format == .json ? .json : .token) {
    case .token: try Console.print(answer.accessToken)
    case .header: try Console.print("Authorization: Bearer \(answer.accessToken)")
    case .json: try Console.print(answer.json)
    }
  }

  private func clientSecret(_ environment: [String: String]) throws -> String {
    if let clientSecretFile { return try InputText.read(clientSecretFile, whatItIs: "a client secret") }
    // As in a file, a newline at its end is no part of it.
    let secret = environment["TESSERA_CLIENT_SECRET"]?.withoutFinalNewline ?? ""
    guard !secret.isEmpty else {
      throw CommandFailure(
        "the client secret is missing; pass --client-secret-file FILE (- for standard input), or set "
          + "TESSERA_CLIENT_SECRET",
        .usage
      )
    }
    return secret
  }
}
