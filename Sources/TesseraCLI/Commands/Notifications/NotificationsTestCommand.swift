import ArgumentParser
import TesseraCore

/// `tessera notifications test`.
struct NotificationsTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Send an event that says nothing, and tell whether it arrived.",
    discussion: """
      It goes to all that are configured, at once and not by way of a running server, but for one that --server names. The \
      webhook gets the event urn:tessera:event:test, signed as all others. Exit code 6 when one was not reached, or did not take it.
      """
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let results = try await workspace.testDeliveries()
      try ListWriter.write(
        results,
        workspace.format,
        TextTable("TO", "AT", "RESULT"),
        emptyText: "",
        row: { [$0.sink, $0.place, $0.error ?? "arrived"] },
        json: \.json
      )
      let failed = results.filter { $0.error != nil }.map(\.sink)
      guard failed.isEmpty else {
        throw CommandFailure("the event did not arrive at: \(failed.joined(separator: ", "))", .unreachable)
      }
    }
  }
}
