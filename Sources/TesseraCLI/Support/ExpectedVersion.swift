import ArgumentParser

/// The version that a change is based on.
struct ExpectedVersion: ParsableArguments {
  @Option(
    name: .customLong("if-version"),
    help: ArgumentHelp(
      "Only if this is still its version, as shown before. (default: whatever it is)",
      valueName: "number"
    )
  )
  var number: Int?
}
