import ArgumentParser
import Foundation
import TesseraCore
import TesseraServer

/// Asks before something is done that cannot be undone.
struct Confirmation: ParsableArguments {
  @Flag(name: .customLong("yes"), help: "Do it without asking.")
  var isGiven = false

  /// Returns when the answer is yes, and throws otherwise.
  func ask(_ question: String) throws {
    if isGiven { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw CommandFailure("this needs confirmation, and there is no terminal to ask at; pass --yes", .usage)
    }
    try? FileOutput.standardError.write("\(question.printable) [y/N] ")
    let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
    guard answer == "y" || answer == "yes" else {
      throw CommandFailure("not confirmed; nothing was changed")
    }
  }
}

/// The version that a change is based on.
struct ExpectedVersion: ParsableArguments {
  @Option(
    name: .customLong("if-version"),
    help: ArgumentHelp(
      "Only if this is still its version, as shown before. (default: whatever it is)",
      valueName: "number"
    )
  )
  var number: Int?
}

/// Whether tokens are taken back beside what else a command does.
struct TokenRevocation: ParsableArguments {
  @Flag(
    name: .customLong("revoke-tokens"),
    help: "Also revoke the existing tokens, in the same step. (default: they stay valid until they expire)"
  )
  var isWanted = false
}
