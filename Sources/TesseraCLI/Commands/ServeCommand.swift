import ArgumentParser
import Logging
import TesseraCore
import TesseraServer

/// `tessera serve`.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run a server from the configuration.",
    discussion: """
      The data directory has to be there: 'tessera init' makes it. The server stops on SIGTERM or SIGINT, after the
      requests in flight. Logs go to standard error.
      """
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace(ofServer: [:]) { workspace in
      let configuration = workspace.configuration
      let (format, host) = (global.format, configuration.http.host)
      let log = ServerLog(level: configuration.log.level, format: configuration.log.format)
      defer { log.finish() }
      try await runServer(configuration, data: workspace.data, log: log) { port in
        let url = ServerURL(host: host, port: port).text
        switch format {
        case .text: try Console.print("Tessera listens at \(url)")
        case .json: try Console.print(JSONValue.object([.init("url", .string(url))]))
        }
      }
    }
  }
}
