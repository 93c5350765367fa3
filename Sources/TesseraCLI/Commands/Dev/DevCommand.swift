import ArgumentParser
import Logging
import TesseraCore
import TesseraServer

/// `tessera dev`.
struct DevCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dev",
    abstract: "Run a server for this machine only and print how to get a token.",
    discussion: """
      Makes the data directory if there is none, and a client named 'demo' if there is no client. At each start
      the demo client gets a new secret named 'dev' in place of the last one, so that the printed line works. The
      line reads it from demo.form in the data directory, which only you may read.
      """
  )

  @OptionGroup var global: GlobalOptions

  @Option(help: "The port to listen at; 0 for any free port. (default: http.port)")
  var port: Int?

  @Flag(help: "Speak TLS, with a certificate that is made for this machine and kept in the data directory.")
  var tls = false

  func run() async throws {
    var flags: [String: String] = [:]
    flags["http.port"] = port.map { String($0) }
    try await global.withWorkspace(ofServer: flags, whenAbsent: .initialises) { workspace in
      var configuration = workspace.configuration
      // The demo client gets its new secret after the start, and the line is for now.
      configuration.replica.warmClients = 0
      // Several of these may run on this machine.
      configuration.useFreeManagementPort()
      for host in configuration.http.hosts where !ListenAddress.isLoopback(host) {
        throw CommandFailure("tessera dev is for this machine only, not for \(host); use tessera serve")
      }
      let certificate = tls ? try configuration.useDevelopmentCertificate() : nil
      let (administration, format) = (workspace.administration, global.format)
      let log = ServerLog(level: configuration.log.level, format: configuration.log.format)
      defer { log.finish() }
      try await runServer(configuration, data: workspace.data, log: log) { [configuration] places in
        let access = try await DemoAccess.prepare(administration)
        let form = PrivateFile(configuration.dataDirectory + "/demo.form")
        if case .ready(let access) = access {
          try form.replace(with: access.form + "\n")
        } else {
          form.remove()
        }
        let greeting = DevGreeting(
          url: places[0],
          authority: certificate?.authority,
          endpoint: configuration.tokenEndpoint,
          dataDirectory: configuration.dataDirectory,
          access: access,
          form: form,
          registration: try await RegistrationLine.text(
            dataDirectory: configuration.dataDirectory,
            administration: administration
          )
        )
        switch format {
        case .text: try Console.print(greeting.text)
        case .json: try Console.print(greeting.json)
        }
      }
    }
  }
}
