import ArgumentParser
import Foundation
import Synchronization
import TesseraCore
import TesseraServer
import TesseraSupport

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
    let outcome = try await StoreMove(from: source, to: target).run(progress: progress.report)
    switch format {
    case .text:
      try Console.print("Copied \(source.name) to \(target.name), and compared it:")
      try ListWriter.write(
        outcome.records,
        format,
        TextTable("RECORDS", "COUNT", "SHA-256"),
        emptyText: "",
        row: { [$0.kind.name, String($0.count), $0.digest] },
        json: \.json
      )
    case .json:
      try Console.print(
        .object([
          .init("from", .string(source.name)), .init("to", .string(target.name)),
          .init("records", .array(outcome.records.map(\.json))),
        ])
      )
    }
    if let advice = outcome.keyAdvice { Console.note(advice) }
  }
}

extension RecordTally {
  fileprivate var json: JSONValue {
    .object([
      .init("kind", .string(kind.name)), .init("count", .integer(count)), .init("sha256", .string(digest)),
    ])
  }
}

/// Says on standard error how far a copy has come, every few seconds of a long one.
private final class ProgressLines: Sendable {
  private static let pause: Int64 = 5000
  private let last = Mutex(MonotonicClock.system.milliseconds)

  @Sendable func report(_ progress: StoreCopy.Progress) {
    let isDue = last.withLock { last in
      let now = MonotonicClock.system.milliseconds
      guard now - last >= ProgressLines.pause else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    Console.note(
      "\(progress.isComparing ? "compared" : "copied") \(progress.done) of \(progress.total) records"
    )
  }
}
