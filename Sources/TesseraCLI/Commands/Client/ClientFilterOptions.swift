import ArgumentParser
import TesseraCore

/// What a list of clients is narrowed to.
struct ClientFilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only clients in whose name this is, in whatever case.", valueName: "text"))
  var name: String?

  @Option(help: "Only clients of this owner.")
  var owner: String?

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp(
      "Only clients with this label, or with any value of it; may be repeated.",
      valueName: "name[=value]"
    )
  )
  var labels: [String] = []

  @Flag(help: "Only clients that are enabled.")
  var enabled = false

  @Flag(help: "Only clients that are disabled.")
  var disabled = false

  func validate() throws {
    guard !enabled || !disabled else { throw ValidationError("--enabled cannot be used with --disabled") }
  }

  func filter() throws -> ClientFilter {
    var filter = ClientFilter()
    if let name { try filter.require(nameWith: name) }
    if let owner { try filter.require(owner: owner) }
    for label in labels { try filter.require(label: label) }
    if enabled || disabled { filter.isEnabled = enabled }
    return filter
  }
}
