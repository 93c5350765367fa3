import ArgumentParser
import TesseraCore
import TesseraServer

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "The folder of the embedded store and its master key. (default: $TESSERA_DATA_DIR, else ./tessera-data)",
      valueName: "dir"
    ),
    completion: .directory
  )
  var dataDirectory: String?

  @Option(
    help: ArgumentHelp(
      "The configuration file. (default: $TESSERA_CONFIG, else ./tessera.yaml if it exists)",
      valueName: "file"
    ),
    completion: .file(extensions: ["yaml", "yml"])
  )
  var config: String?

  @Option(help: "The format of the output.")
  var format = OutputFormat.text

  @OptionGroup(title: "Options of a server elsewhere") var remote: RemoteOptions

  /// The configuration of this machine, with what the command line says; `flags` are further values by their key.
  func configuration(flags: [String: String] = [:]) throws(ConfigurationError) -> ServerConfiguration {
    guard remote.server == nil else {
      throw .onCommandLine("this command works on this machine only; leave out --server")
    }
    var flags = flags
    flags["data-dir"] = dataDirectory
    return try ServerConfiguration.load(file: config, flags: flags)
  }

  /// The same for a command, which has no log to say in which file it took.
  func configurationOfCommand() throws(ConfigurationError) -> ServerConfiguration {
    let configuration = try configuration()
    if let file = configuration.unnamedFile {
      try? FileOutput.standardError.write(
        "tessera: using the configuration in this folder, \(file.printable)\n"
      )
    }
    return configuration
  }

  /// Runs a command on the data directory, which is closed afterwards.
  func withWorkspace(
    whenAbsent: DataDirectory.Absence = .fails,
    _ body: (Workspace) async throws -> Void
  ) async throws {
    try await withWorkspace(configurationOfCommand(), .ofCommands, whenAbsent: whenAbsent, body)
  }

  /// Runs a server on the data directory, which is closed afterwards.
  func withWorkspace(
    ofServer flags: [String: String],
    whenAbsent: DataDirectory.Absence = .fails,
    _ body: (Workspace) async throws -> Void
  ) async throws {
    try await withWorkspace(configuration(flags: flags), .all, whenAbsent: whenAbsent, body)
  }

  private func withWorkspace(
    _ configuration: ServerConfiguration,
    _ openers: [StoreOpener],
    whenAbsent: DataDirectory.Absence,
    _ body: (Workspace) async throws -> Void
  ) async throws {
    let actor = LoginName.actor
    let data = try await DataDirectory.open(
      of: configuration,
      openers: openers,
      whenAbsent: whenAbsent,
      actor: actor
    )
    do {
      let workspace = Workspace(configuration: configuration, data: data, actor: actor, format: format)
      let result: Result<Void, any Error>
      do { result = .success(try await body(workspace)) } catch { result = .failure(error) }
      await workspace.signAuditLog()
      try result.get()
    } catch {
      await data.store.close()
      guard data.isNew else { throw error }
      throw FailureReport(error).failure(adding: "the data directory \(data.path) is new and stays")
    }
    await data.store.close()
  }
}
