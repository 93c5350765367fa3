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
    try await global.withWorkspace { workspace in
      let client = try await workspace.client(client.reference)
      try workspace.show(client, lastDay: try await workspace.administration.lastDay(of: client))
    }
  }
}

extension Workspace {
  /// Writes what is registered of a client, and what its requests came to where that is given.
  func show(_ client: Client, lastDay: Administration.UsedClientTotal? = nil) throws {
    let usage = lastDay.map { lastDay in
      let counts = lastDay.total.counts
      let advice = lastDay.needless.map { "; \($0.advice)" } ?? ""
      return "\n\nIn the last day: issued \(counts.issued), denied \(counts.allDenied)\(advice)"
    }
    try print(
      text: client.text(configuration.token, at: WallClock.system.now) + (usage ?? ""),
      json: ClientRepresentation(client, lifetime: configuration.token, lastDay: lastDay).json
    )
  }
}
