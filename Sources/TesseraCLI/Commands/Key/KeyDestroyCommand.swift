import ArgumentParser
import TesseraCore
import TesseraServer

/// `tessera key destroy`.
struct KeyDestroyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy",
    abstract: "Take one key out at once, because it has leaked.",
    discussion: """
      Every token of this key is invalid from then on, on all nodes within a second. If the key was in use, the next one
      takes over at once, before every verifier knows it. To replace keys without losing tokens, see 'tessera key rotate'.
      """
  )

  @Argument(help: ArgumentHelp("The number of the key, as 'tessera key list' shows it.", valueName: "number"))
  var number: UInt16

  @OptionGroup var confirmation: Confirmation
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.administer { workspace in
      let key = try await workspace.administration.key(numbered: number)
      try confirmation.ask("\(loss(of: key, workspace.facts)) Destroy key \(number)?")
      let destruction = try await workspace.administration.destroyKey(number)
      let (use, successor) = (key.key.use, destruction.successor)
      try workspace.print(
        text: "Destroyed key \(number) for \(use), with all of its tokens."
          + (successor.map { " Key \($0.key.number) is used from now on." } ?? ""),
        json: DestroyedKeyRepresentation(destruction).json
      )
    }
  }

  /// What no longer works without this key.
  private func loss(of key: Administration.KeySummary, _ facts: ServerFacts) -> String {
    let lifetime = facts.keySetLifetime
    switch (key.key.use, key.state) {
    case (_, .pending): return "No token was made with key \(number) yet, so none is lost."
    case (_, .gone): return "No token of key \(number) is valid any more, so none is lost."
    case (.sealing, _):
      return "Every opaque token of key \(number) becomes invalid at once; its client has to get a new one."
    case (.signing, _):
      return
        "Every JWT of key \(number) becomes invalid here at once; its client has to get a new one. APIs that "
        + "verify offline go on taking them, and refuse those of a key that they do not know, for up to \(lifetime) s."
    }
  }
}
