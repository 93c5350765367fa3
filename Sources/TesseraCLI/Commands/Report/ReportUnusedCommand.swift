import ArgumentParser
import TesseraCore
import TesseraJOSE

/// `tessera report unused`.
struct ReportUnusedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unused",
    abstract: "List the scopes, clients, secrets and keys that nobody used for some time.",
    discussion: """
      What is younger than that is left out, and so are the secrets and keys of a client that is unused itself. Where uses were not \
      counted for so long, only that none is known can be said: CERTAIN says which is which.
      """
  )

  @Option(help: "For how many days.")
  var days = 90

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...Administration.maximumUsageDays).contains(days) else {
      throw ValidationError("--days must be 1 to \(Administration.maximumUsageDays)")
    }
  }

  func run() async throws {
    try await global.administer { workspace in
      var writer = ListWriter(
        workspace.format,
        TextTable("KIND", "NAME", "CLIENT ID", "CLIENT", "CREATED", "LAST USED", "CERTAIN"),
        emptyText: "nothing is unused for so long"
      )
      try await workspace.administration.unused(days: days) { found in
        try writer.write(found, row: \.row, json: \.json)
      }
      try writer.end()
    }
  }
}

extension Unused {
  fileprivate var row: [String] {
    let certain = isCertain ? "yes" : countedSince.map { "not known before \($0.iso8601)" } ?? "not known"
    return [
      kind.rawValue, name ?? "", clientID?.rawValue ?? "", clientName ?? "", createdAt.iso8601,
      lastUsedAt?.iso8601 ?? "no use known", certain,
    ]
  }
}
