import ArgumentParser
import TesseraCore
import TesseraServer
import TesseraSupport

/// `tessera client show`.
struct ClientShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a client.")

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let client = try await workspace.client(client.reference)
      try workspace.show(client, lastDay: try await workspace.administration.usageOfLastDay(of: client))
    }
  }
}

extension ServerWorkspace {
  /// Writes what is registered of a client, and what its requests came to where that is given.
  func show(_ client: Client, lastDay: LastDay? = nil) throws {
    let usage = lastDay.map { day in
      let advice = day.advice.map { "; \($0)" } ?? ""
      return "\n\nIn the last day: issued \(day.issued), denied \(day.denied)\(advice)"
    }
    try print(
      text: client.text(facts.lifetime, at: WallClock.system.now) + (usage ?? ""),
      json: ClientRepresentation(client, lifetime: facts.lifetime, lastDay: lastDay).json
    )
  }
}
