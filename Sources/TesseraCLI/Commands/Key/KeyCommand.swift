import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera key`.
struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Manage the keys that seal tokens.",
    subcommands: [KeyListCommand.self, KeyRotateCommand.self]
  )
}
