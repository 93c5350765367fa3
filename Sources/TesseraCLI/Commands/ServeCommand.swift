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
      requests in flight. Logs go to standard error. While a database elsewhere cannot be reached, every request is
      answered 503.
      """
  )

  @OptionGroup var global: GlobalOptions

  @Flag(help: "Fail when the database cannot be reached, instead of waiting for it.")
  var noWait = false

  func run() async throws {
    let configuration = try global.configuration()
    let format = global.format
    let log = ServerLog(level: configuration.log.level, format: configuration.log.format)
    defer { log.finish() }
    try await runServer(configuration, waits: !noWait, log: log) { places in
      switch format {
      case .text: try Console.print("Tessera listens at \(places.joined(separator: ", "))")
      case .json: try Console.print(JSONValue.object([.init("url", .string(places[0]))]))
      }
    }
  }
}
