import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// `tessera client usage`.
struct ClientUsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage",
    abstract:
      "Draw what the token requests of a client came to: by hour for one or two days, by day for more.",
    discussion: "Times are in UTC. A server tells the store of usage now and then (usage.interval)."
  )

  @OptionGroup var client: ClientArgument

  @Option(help: "For how many days up to now.")
  var days = 1

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...Administration.maximumUsageDays).contains(days) else {
      throw ValidationError("--days must be 1 to \(Administration.maximumUsageDays)")
    }
  }

  func run() async throws {
    try await global.administer { workspace in
      let client = try await workspace.client(client.reference)
      let hours = Range<UsageHour>(days: days, until: WallClock.system.now)
      let usage = try await workspace.administration.usage(of: client.id, in: hours)
      let lastDay = try await workspace.administration.usageOfLastDay(of: client)
      try workspace.print(
        text: UsageDrawing(of: client, in: hours, usage, advice: lastDay.advice).text,
        json: UsageRepresentation(of: client.id, in: hours, usage).json
      )
    }
  }
}
