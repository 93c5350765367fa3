import ArgumentParser
import Foundation
import TesseraCore
import TesseraServer

/// `tessera migrate-store`.
struct MigrateStoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate-store",
    abstract: "Copy everything that a store has into another one, which is empty.",
    discussion: """
      From the embedded store to PostgreSQL when one machine is not enough, and back. Stop the servers first. Clients,
      secrets, keys, revocations, the audit log and the feed of changes are copied as they are, so that tokens and
      secrets stay valid; then everything is read back and compared. The target gets all of it at the end, in one step:
      when this is stopped or killed before, nothing was written, and it can be run again. The source stays as it is.

      The master key is in no store: servers on the target need the same one. Put a password for PostgreSQL into a file,
      not into the URL, which every process on this machine can see.

      docs/operations.md has the steps of a move.
      """
  )

  @Option(
    help: ArgumentHelp(
      "The store to copy: sqlite:DIR with a data directory, or the URL of a PostgreSQL database.",
      valueName: "store"
    )
  )
  var from: String

  @Option(help: ArgumentHelp("The store to fill, written in the same way.", valueName: "store"))
  var to: String

  @Option(
    help: ArgumentHelp(
      "A file with the password of the PostgreSQL database, readable by its owner only. "
        + "Without it, what TESSERA_STORE_PASSWORD_FILE or PGPASSFILE names.",
      valueName: "file"
    )
  )
  var passwordFile: String?

  @Option(help: "The format of the output.")
  var format = OutputFormat.text

  func run() async throws {
    let file = passwordFile ?? ProcessInfo.processInfo.environment["TESSERA_STORE_PASSWORD_FILE"]
    let source = try StorePlace(from, option: "--from", passwordFile: file)
    let target = try StorePlace(to, option: "--to", passwordFile: file)
    guard file == nil || !(source.takesPassword && target.takesPassword) else {
      throw StoreMoveError.usage(
        "one password file cannot be of two databases; put both passwords into the file of PGPASSFILE"
      )
    }
    let progress = ProgressLines()
    let outcome = try await StoreMove(from: source, to: target).run {
      progress.report($0.isComparing ? "compared" : "copied", $0.done, of: $0.total)
    }
    try outcome.records.write(
      "Copied \(source.name) to \(target.name), and compared it:",
      [.init("from", .string(source.name)), .init("to", .string(target.name))],
      format
    )
    if let advice = outcome.keyAdvice { Console.note(advice) }
  }
}
