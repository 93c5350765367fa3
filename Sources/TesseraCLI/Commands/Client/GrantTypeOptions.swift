import ArgumentParser
import TesseraCore

/// The grants that a client may use.
struct GrantTypeOptions: ParsableArguments {
  @Option(
    name: .customLong("grant-type"),
    help: ArgumentHelp(
      "A grant that it may use, of those that this server has: "
        + GrantType.all.map(\.name).joined(separator: ", ") + "; may be repeated.",
      valueName: "type"
    )
  )
  var names: [String] = []

  /// The grants that are named; nil when none is.
  func types(_ administration: Administration) throws -> [GrantType]? {
    names.isEmpty ? nil : try names.map { try administration.grantType(named: $0) }
  }
}
