import ArgumentParser

/// Whether tokens are taken back beside what else a command does.
struct TokenRevocation: ParsableArguments {
  @Flag(
    name: .customLong("revoke-tokens"),
    help: "Also take back the tokens there are, in the same step. (default: they stay until they end)"
  )
  var isWanted = false
}
