import ArgumentParser
import Foundation
import TesseraCore
import TesseraServer

/// `tessera backup`.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Write everything that the store has into a file, while the server runs.",
    discussion: """
      The file has all that the store has at one moment: clients, secrets, keys, revocations and the audit log, secrets
      and keys only as they are in the store. What protects them, the master key, is not in it: keep that apart, since
      neither is of use without the other. The file is the same for each kind of store, and its name is there only when
      it is whole.

      'tessera restore' brings it back. docs/operations.md has the steps.
      """
  )

  @Argument(
    help: ArgumentHelp("The file to write, or - for standard output.", valueName: "file"),
    completion: .file()
  )
  var file: String

  @Flag(help: "Replace the file where there is one.")
  var overwrite = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let place = try StorePlace(of: try global.configurationOfCommand())
    let isStandardOutput = file == "-"
    if isStandardOutput, isatty(STDOUT_FILENO) == 1 {
      throw CommandFailure("a backup is no text; name a file, or send standard output to one", .usage)
    }
    let progress = ProgressLines()
    let records = try await StoreBackup(
      of: place,
      to: isStandardOutput ? .standardOutput : .file(file, replaces: overwrite)
    ).run { progress.report("backed up", $0, of: $1) }
    if isStandardOutput { return }
    try records.write(
      "Backed up \(place.name) to \(file.printable); the master key is not in it:",
      [.init("store", .string(place.name)), .init("file", .string(file))],
      global.format
    )
  }
}
