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

  @Option(help: "For how many days up to now.")
  var days = 1

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...Administration.maximumUsageDaysOfAll).contains(days) else {
      throw ValidationError("--days must be 1 to \(Administration.maximumUsageDaysOfAll)")
    }
  }

  func run() async throws {
    try await global.administer { workspace in
      let hours = Range<UsageHour>(days: days, until: WallClock.system.now)
      var writer = ListWriter(
        workspace.format,
        TextTable("CLIENT ID", "NAME", "ISSUED", "DENIED", "NEEDLESS"),
        emptyText: "no clients"
      )
      try await workspace.administration.usageTotals(in: hours) { totals in
        try writer.write(totals, row: \.row, json: \.json)
      }
      try writer.end()
    }
  }
}

extension UsageTotalRepresentation {
  fileprivate var row: [String] {
    [
      clientID.rawValue, name, String(counts.issued), String(counts.allDenied),
      needless == 0 ? "" : "\(needless) (\(needlessPercentage) % of all)",
    ]
  }
}
