import ArgumentParser
import Foundation
import TesseraJOSE
import TesseraServer
import TesseraSupport

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
      which every process on this machine can see. A client with a key of its own needs none: --key.
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

  @Option(
    help: ArgumentHelp(
      "A file with the private key of the client, in PEM or as a JWK, instead of a secret.",
      valueName: "file"
    ),
    completion: .file(extensions: ["pem", "key", "jwk", "json"])
  )
  var key: String?

  @Option(help: "The issuer that --key signs for. (default: where the server is)")
  var audience: String?

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

  func validate() throws {
    guard key == nil || clientSecretFile == nil else {
      throw ValidationError("a client proves itself once: pass --client-secret-file or --key, not both")
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let configuration = try global.configurationOfCommand()
    let server = url ?? environment["TESSERA_URL"] ?? configuration.issuerInUse
    let endpoint = try TokenEndpointURL(
      server,
      configuration.tokenEndpoint,
      allowsPlainHTTP: allowPlainHTTP
    )
    let answer = try await TokenRequest(
      endpoint: endpoint,
      authorityFile: caFile ?? configuration.developmentAuthority,
      clientID: clientID,
      proof: try key.map { .assertion(try assertion(by: $0, for: audience ?? server)) }
        ?? .secret(clientSecret(environment)),
      scopes: try scopes.scopeNames
    ).send()
    switch output ?? (global.format == .json ? .json : .token) {
    case .token: try Console.print(answer.accessToken)
    case .header: try Console.print("Authorization: Bearer \(answer.accessToken)")
    case .json: try Console.print(answer.json)
    }
  }

  private func assertion(by path: String, for audience: String) throws -> String {
    let text = try InputText.read(path, whatItIs: "a private key")
    let key: PrivateKeyText
    do throws(PrivateKeyText.Problem) { key = try PrivateKeyText(text) } catch {
      throw CommandFailure("the private key in \(path) cannot be used: it \(error)", .usage)
    }
    let signer = JWTSigner(key.key, algorithm: key.algorithm.name, keyID: key.keyID)
    guard let assertion = ClientAssertion(by: clientID, for: audience, signer).make(at: WallClock.system.now)
    else { throw CommandFailure("the private key in \(path) cannot sign") }
    return assertion
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
