import ArgumentParser
import Foundation
import TesseraServer

/// Runs the command that the arguments name.
///
/// Not the parser's own `main`, because exit codes and the form of errors are ours.
@main
enum Main {
  static func main() async {
    // A closed pipe is an error of one write, not the end of a server.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try TesseraCommand.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(FailureReport(error).deliver())
    }
  }
}
