import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera key`.
struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Manage the keys that seal and sign tokens.",
    discussion:
      "A running server rotates them by itself, every 30 days unless keys.rotation-interval says otherwise.",
    subcommands: [KeyListCommand.self, KeyRotateCommand.self]
  )
}

extension WrappedKey {
  var json: [JSONValue.Member] {
    [
      .init("number", .integer(Int(number))), .init("use", .string(use.description)),
      .init("created_at", JSONValue(createdAt)), .init("activates_at", JSONValue(activatesAt)),
    ]
  }
}
