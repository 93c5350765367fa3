import Foundation
import Hummingbird
import Logging
import TesseraGuard

/// Four APIs on invented data, each behind the scope of its name.
@main struct DataAPIServer {
  static func main() async {
    do {
      let options = try ServerOptions(
        arguments: Array(CommandLine.arguments.dropFirst()),
        environment: ProcessInfo.processInfo.environment
      )
      try await run(options)
    } catch {
      FileHandle.standardError.write(Data("DataAPI: \(error)\n".utf8))
      exit(error is ServerOptions.Problem ? 2 : 1)
    }
  }

  private static func run(_ options: ServerOptions) async throws {
    let logger = Logger(label: "data-api") { StreamLogHandler.standardError(label: $0) }
    let verifier = try verifier(options, logger)
    let app = Application(
      router: dataRouter(verifier, origin: options.origin),
      configuration: ApplicationConfiguration(address: .hostname(options.host, port: options.port)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? options.port
        FileHandle.standardOutput.write(Data("DataAPI is ready: http://\(options.host):\(port)\n".utf8))
      },
      logger: logger
    )
    try await app.runService()
  }

  private static func verifier(_ options: ServerOptions, _ logger: Logger) throws -> AccessTokenVerifier {
    switch options.verification {
    case .offline(let issuer):
      return try AccessTokenVerifier(issuer: issuer, audience: options.audience, logger: logger)
    case .introspection(let credentials):
      var settings = AccessTokenVerifier.Settings()
      settings.maximumAge = .seconds(options.maximumAge)
      return try AccessTokenVerifier(
        introspectionEndpoint: options.introspectionEndpoint,
        credentials: credentials,
        settings: settings,
        logger: logger
      )
    }
  }
}
