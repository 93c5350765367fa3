import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// `tessera client trust list`.
struct ClientTrustListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the platforms that vouch for a client, and when each did last.",
    discussion: "A server tells the store of uses now and then (usage.interval)."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let client = try await workspace.client(client.reference)
      let trusts = try await workspace.administration.trusts(of: client)
      let now = WallClock.system.now
      try ListWriter.write(
        trusts,
        workspace.format,
        TextTable(
          "TRUST",
          "PRESET",
          "ISSUER",
          "AUDIENCES",
          "CLAIMS",
          "KEYS",
          "USES",
          "LAST USED",
          "FROM"
        ),
        emptyText: "no trusts",
        row: { $0.trust.row($0.use) },
        json: { UsedClientTrustRepresentation($0.trust, $0.use, at: now).json }
      )
    }
  }
}

extension ClientTrust {
  fileprivate func row(_ use: SecretUse?) -> [String] {
    [
      name, preset.rawValue, issuer, audiences.joined(separator: ", "), claimText, keyText,
      use.map { String($0.count) } ?? "0", use?.lastUsedAt.iso8601 ?? "never", use?.address ?? "",
    ]
  }
}
