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
      The data replica has to be there: 'tessera init' makes it. The server stops on SIGTERM or SIGINT, after the
      requests in flight. Logs go to standard error.
      """
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace(ofServer: [:]) { workspace in
      let configuration = workspace.configuration
      let format = global.format
      let log = ServerLog(level: configuration.log.level, format: configuration.log.format)
      defer { log.finish() }
      try await runServer(configuration, data: workspace.data, log: log) { places in
        switch format {
        case .text: try Console.print("Tessera listens at \(places.joined(separator: ", "))")
        case .json: try Console.print(JSONValue.object([.init("url", .string(places[0]))]))
        }
      }
    }
  }
}
