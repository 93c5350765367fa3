import ArgumentParser
import TesseraCore

/// Whether a new client is a resource server.
struct NewIntrospectionRight: ParsableArguments {
  @Flag(help: "It is an API: it may introspect the tokens that are for it.")
  var resourceServer = false

  @Option(
    name: .customLong("resource"),
    help: ArgumentHelp(
      "With --resource-server: the API it is, by its identifier; may be repeated. "
        + "(default: \(Administration.standardResource))",
      valueName: "uri"
    )
  )
  var uris: [String] = []

  /// The APIs whose tokens it may introspect.
  var resources: [Resource] {
    get throws {
      guard resourceServer || uris.isEmpty else {
        throw ValidationError("--resource needs --resource-server")
      }
      guard resourceServer else { return [] }
      return try (uris.isEmpty ? [Administration.standardResource] : uris).map { try Resource(existing: $0) }
    }
  }
}

/// How the right of a client to introspect is to change.
struct IntrospectionRight: ParsableArguments {
  enum Right: String, ExpressibleByArgument, CaseIterable {
    case introspect
  }

  @Option(help: "A right to give it: to introspect the tokens that are for its APIs.")
  var allow: Right?

  @Option(help: "A right to take away.")
  var deny: Right?

  @Option(
    name: .customLong("resource"),
    help: ArgumentHelp(
      "With --allow introspect: an API it is, by its identifier; may be repeated. "
        + "(default: \(Administration.standardResource))",
      valueName: "uri"
    )
  )
  var uris: [String] = []

  /// The APIs whose tokens it may introspect from now on; nil for those it had.
  var resources: [Resource]? {
    get throws {
      guard allow == nil || deny == nil else {
        throw ValidationError("--allow and --deny exclude each other")
      }
      guard allow != nil || uris.isEmpty else { throw ValidationError("--resource needs --allow introspect") }
      if deny != nil { return [] }
      guard allow != nil else { return nil }
      return try (uris.isEmpty ? [Administration.standardResource] : uris).map { try Resource(existing: $0) }
    }
  }
}
