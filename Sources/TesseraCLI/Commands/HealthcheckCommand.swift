import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TesseraCore
import TesseraServer

/// `tessera healthcheck`.
struct HealthcheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "healthcheck",
    abstract: "Ask the server of this configuration on this machine whether it answers.",
    discussion: """
      For what looks after a server, such as the HEALTHCHECK of a container. Exit codes: 0 it answers, 1 it says that it \
      cannot, as while it waits for its store, 6 it cannot be reached. The certificate is not verified, since it is for \
      the name that others use. Where the PROXY protocol is spoken, a connection counts as an answer.
      """
  )

  @OptionGroup var global: GlobalOptions

  private static let timeout = TimeAmount.seconds(5)

  func run() async throws {
    let configuration = try global.configurationOfCommand()
    let address = configuration.localURL
    let server = address?.text ?? "unix:\(configuration.http.socket)"
    do {
      if configuration.http.usesProxyProtocol, let address {
        try await connect(to: address)
      } else {
        let keySet = "/.well-known/jwks.json"
        let url =
          address.map { $0.text + keySet }
          ?? URL(httpURLWithSocketPath: configuration.http.socket, uri: keySet)?.absoluteString ?? ""
        let status = try await status(of: url)
        // Whoever refuses is there.
        guard status < 500 else { throw CommandFailure("\(server.printable) answered \(status)") }
      }
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure("cannot reach \(server.printable): \(TokenRequest.reason(error))", .unreachable)
    }
  }

  private func status(of url: String) async throws -> UInt {
    var configuration = HTTPClient.Configuration(certificateVerification: .none)
    configuration.timeout.connect = HealthcheckCommand.timeout
    configuration.connectionPool.retryConnectionEstablishment = false
    return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      var request = HTTPClientRequest(url: url)
      // Counts for nothing unless a proxy is expected, and then it is needed.
      request.headers.add(name: "X-Forwarded-Proto", value: "https")
      request.headers.add(name: "X-Forwarded-For", value: "127.0.0.1")
      return try await client.execute(request, timeout: HealthcheckCommand.timeout).status.code
    }
  }

  private func connect(to server: ServerURL) async throws {
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(HealthcheckCommand.timeout)
    try await bootstrap.connect(host: server.host, port: server.port).get().close().get()
  }
}
