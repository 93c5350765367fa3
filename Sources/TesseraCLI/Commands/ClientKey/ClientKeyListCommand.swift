import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraSupport

/// `tessera client key list`.
struct ClientKeyListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the public keys and certificates of a client, and when each was used last.",
    discussion:
      "A server tells the store of uses now and then (usage.interval). Keys behind --jwks-uri are not in it."
  )

  @OptionGroup var client: ClientArgument
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let client = try await workspace.client(client.reference)
      let keys = try await workspace.administration.keys(of: client)
      let now = WallClock.system.now
      try ListWriter.write(
        keys,
        workspace.format,
        TextTable(
          "KEY",
          "KIND",
          "FOR",
          "THUMBPRINT",
          "EXPIRES",
          "STATUS",
          "KEY ID",
          "USES",
          "LAST USED",
          "FROM",
          "REMOVE"
        ),
        emptyText: "no keys",
        row: { $0.key.row($0.use, at: now) },
        json: { UsedClientKeyRepresentation($0.key, $0.use, at: now).json }
      )
    }
  }
}

extension ClientKey {
  fileprivate func row(_ use: SecretUse?, at now: Timestamp) -> [String] {
    var keyID = ""
    if case .key(let jwk) = material { keyID = jwk.keyID ?? "" }
    let isSafe = !isValid(at: now) || !(use?.isRecent(at: now) ?? false)
    return row(at: now) + [
      keyID, use.map { String($0.count) } ?? "0", use?.lastUsedAt.iso8601 ?? "never", use?.address ?? "",
      isSafe ? "safe" : "in use",
    ]
  }
}
