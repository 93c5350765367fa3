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
      throw CommandFailure("this needs a confirmation, and nobody can be asked here; pass --yes", .usage)
    }
    try? FileOutput.standardError.write("\(question.printable) [y/N] ")
    let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
    guard answer == "y" || answer == "yes" else {
      throw CommandFailure("not confirmed; nothing was changed")
    }
  }
}
