import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera init`.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make the data directory: the store and its master key.",
    discussion: """
      What is there already stays as it is, so that a script can do this before each 'tessera serve'. No other command
      but 'tessera dev' makes a data directory.
      """
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withWorkspace(whenAbsent: .initialises) { workspace in
      let (path, isNew) = (workspace.data.path, workspace.data.isNew)
      try workspace.print(
        text: isNew ? "the data directory \(path) was made" : "the data directory \(path) was there already",
        json: .object([.init("data_directory", .string(path)), .init("is_new", .boolean(isNew))])
      )
    }
  }
}
