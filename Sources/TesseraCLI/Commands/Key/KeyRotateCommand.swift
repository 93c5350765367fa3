import ArgumentParser
import TesseraCore
import TesseraJOSE
import TesseraServer

/// `tessera key rotate`.
struct KeyRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Add keys, which take over once they have been published for long enough.",
    discussion: """
      All of them are added, or, when one is waiting already, none. Tokens stay valid: the keys before are kept until
      the last token of them has expired. With --now the new keys take over within seconds; APIs that verify JWTs with
      a key set from before refuse new tokens until they read it again, for at most keys.set-lifetime.
      """
  )

  @Option(
    help: ArgumentHelp(
      "Which keys: sealing, or those of an algorithm. (default: all in use)",
      valueName: "use"
    )
  )
  var use: [KeyUse] = []

  @Flag(help: "Let them take over within seconds, before every verifier knows them.")
  var now = false

  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let uses = try await workspace.administration.keyUses(use)
      if now, uses.contains(where: { $0 != .sealing }) {
        let lifetime = workspace.facts.keySetLifetime
        try confirmation.ask(
          "APIs that verify JWTs offline may refuse new tokens for up to \(lifetime) s. Rotate now anyway?"
        )
      }
      let keys = try await workspace.administration.rotateKeys(for: uses, now: now)
      try workspace.print(
        text: keys.map { "Key \($0.number) takes over for \($0.use) at \($0.activatesAt.iso8601)." }
          .joined(separator: "\n"),
        json: .array(keys.map { KeyRepresentation($0).json })
      )
    }
  }
}

extension KeyUse: ExpressibleByArgument {
  /// Nil when there is none of this name.
  public init?(argument: String) { self.init(argument) }

  /// The names there are.
  public static var allValueStrings: [String] { all.map(\.description) }
}
