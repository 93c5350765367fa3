import ArgumentParser

/// Whether tokens are taken back beside what else a command does.
struct TokenRevocation: ParsableArguments {
  @Flag(
    name: .customLong("revoke-tokens"),
    help: "Also revoke the existing tokens, in the same step. (default: they stay valid until they expire)"
  )
  var isWanted = false
}
