import ArgumentParser
import TesseraCore
import TesseraSupport

/// `tessera report usage`.
struct ReportUsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage",
    abstract: "List what the token requests of each client came to.",
    discussion: "A server tells the store of usage now and then (usage.interval)."
  )
  private static let pageSize = 500

  @Option(help: "For how many days up to now.")
  var days = 1

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...Administration.maximumUsageDaysOfAll).contains(days) else {
      throw ValidationError("--days must be 1 to \(Administration.maximumUsageDaysOfAll)")
    }
  }

  func run() async throws {
    try await global.withWorkspace { workspace in
      let hours = Range<UsageHour>(days: days, until: WallClock.system.now)
      var writer = ListWriter(
        workspace.format,
        TextTable("CLIENT ID", "NAME", "ISSUED", "DENIED", "NEEDLESS"),
        emptyText: "no clients"
      )
      var last: ClientID?
      repeat {
        let page = try await workspace.administration.usageTotals(
          in: hours,
          after: last,
          limit: ReportUsageCommand.pageSize
        )
        try writer.write(page.elements, row: \.row) { UsageTotalRepresentation($0).json }
        last = page.next
      } while last != nil
      try writer.end()
    }
  }
}

extension Administration.UsedClientTotal {
  fileprivate var row: [String] {
    [
      client.id.rawValue, client.name, String(total.counts.issued), String(total.counts.allDenied),
      needless.map { "\($0.count) (\($0.percentage) % of all)" } ?? "",
    ]
  }
}
