import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera restore`.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Bring a backup back into the store.",
    discussion: """
      Stop the servers first, and put the master key of the time of the backup where the server looks for it. The whole
      file is checked before anything is written, and then read back and compared; the store gets all of it at the end,
      in one step. When this is stopped or killed before, nothing was changed, and it can be run again.

      What was done after the backup is undone: tokens and secrets that were revoked since then work again.
      """
  )

  @Argument(
    help: ArgumentHelp("The file that 'tessera backup' wrote.", valueName: "file"),
    completion: .file()
  )
  var file: String

  @Flag(help: "Replace everything that the store has.")
  var replace = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let configuration = try global.configurationOfCommand()
    let restore = try StoreRestore(
      of: file,
      to: configuration,
      replacing: replace,
      actor: LoginName.actor
    )
    let progress = ProgressLines()
    let outcome = try await restore.run {
      progress.report($0.isComparing ? "compared" : "restored", $0.done, of: $0.total)
    }
    let place = try StorePlace(of: configuration)
    try outcome.records.write(
      "Restored \(place.name) from \(file.printable), and compared it:",
      [
        .init("store", .string(place.name)), .init("file", .string(file)),
        .init("made_at", .string(outcome.madeAt)),
      ],
      global.format
    )
    Console.note(
      "what was revoked after \(outcome.madeAt.printable) works again; 'tessera revoke-all' revokes all tokens"
    )
  }
}
