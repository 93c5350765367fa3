import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// `tessera client secret list`.
struct SecretListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract:
      "List the secrets of a client, and when each was used last. They themselves cannot be shown again.",
    discussion: "A server tells the store of uses now and then (usage.interval)."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let client = try await workspace.client(client.reference)
      let secrets = try await workspace.administration.secrets(of: client)
      let now = WallClock.system.now
      try ListWriter.write(
        secrets,
        workspace.format,
        TextTable("SECRET", "BEGINS", "CREATED", "EXPIRES", "STATUS", "USES", "LAST USED", "FROM", "REMOVE"),
        emptyText: "no secrets",
        row: { $0.secret.row($0.use, at: now) },
        json: { UsedSecretRepresentation($0.secret, $0.use, at: now).json }
      )
    }
  }
}

extension StoredSecret {
  fileprivate func row(_ use: SecretUse?, at now: Timestamp) -> [String] {
    let isSafe = !isValid(at: now) || !(use?.isRecent(at: now) ?? false)
    return [
      name, prefix.map { "\($0)…" } ?? "", createdAt.iso8601, expiresAt?.iso8601 ?? "never",
      isValid(at: now) ? "valid" : "expired", use.map { String($0.count) } ?? "0",
      use?.lastUsedAt.iso8601 ?? "never", use?.address ?? "", isSafe ? "safe" : "in use",
    ]
  }
}
