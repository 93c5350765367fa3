import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer
import TesseraSupport

/// `tessera key list`.
struct KeyListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the keys by number, with what happens to them next."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let (now, facts) = (WallClock.system.now, workspace.facts)
      try ListWriter.write(
        try await workspace.administration.keys(),
        workspace.format,
        TextTable("KEY", "USE", "STATE", "AGE", "NEXT", "KEY ID"),
        emptyText: "no keys",
        row: { summary in
          [
            String(summary.key.number), summary.key.use.description, summary.state.rawValue,
            age(of: summary.key, at: now), next(summary, facts), summary.keyID ?? "",
          ]
        },
        json: { KeyRepresentation($0).json }
      )
    }
  }

  private func age(of key: WrappedKey, at now: Timestamp) -> String {
    let seconds = max(0, (now.milliseconds - key.createdAt.milliseconds) / 1000)
    switch seconds {
    case ..<120: return "\(seconds) s"
    case ..<7200: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) d"
    }
  }

  private func next(_ summary: Administration.KeySummary, _ facts: ServerFacts) -> String {
    switch summary.state {
    case .pending: "used from \(summary.key.activatesAt.iso8601)"
    case .active:
      if let time = summary.retiresAt {
        "replaced at \(time.iso8601)"
      } else {
        "replaced by \(summary.key.activatesAt.advanced(bySeconds: Int64(facts.keyInterval)).iso8601)"
      }
    case .retiring:
      "gone at \(summary.retiresAt?.advanced(bySeconds: Int64(facts.lifetime.longest)).iso8601 ?? "")"
    case .gone: "removed by a running server"
    }
  }
}
