import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import TesseraClient

/// Calls the APIs of the example, one call a path, with a token from Tessera.
@main struct DataAPIClient {
  static func main() async {
    do {
      let options = try ClientOptions(arguments: Array(CommandLine.arguments.dropFirst()))
      try await run(options)
    } catch {
      FileHandle.standardError.write(Data("DataAPIClient: \(error)\n".utf8))
      exit(error is ClientOptions.Problem ? 2 : 1)
    }
  }

  private static func run(_ options: ClientOptions) async throws {
    let tokens = try ClientCredentialsTokenSource(
      tokenEndpoint: options.tokenEndpoint,
      dialect: .contract,
      credentials: .file(path: options.credentialsFile),
      logger: Logger(label: "data-api-client") { StreamLogHandler.standardError(label: $0) }
    )
    for path in options.paths {
      let response = try await HTTPClient.shared.execute(
        HTTPClientRequest(url: options.api + path),
        timeout: .seconds(30),
        authorizedBy: tokens,
        scopes: options.scopes
      )
      let body = try await response.body.collect(upTo: 1 << 20)
      print("GET \(path): \(response.status) \(String(buffer: body))")
    }
  }
}
