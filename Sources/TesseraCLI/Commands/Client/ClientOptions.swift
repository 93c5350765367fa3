import ArgumentParser
import TesseraCore

extension [String] {
  /// The scopes of options that may hold several each.
  ///
  /// Throws for a list with nothing before or after a comma.
  func scopes(of field: AdministrationError.Field) throws -> [Scope] {
    try [Scope](names: scopeNames, of: field)
  }

  /// The same as they are written.
  var scopeNames: [String] {
    get throws {
      try flatMap { list in
        guard let names = ScopeList.names(in: list) else {
          throw ValidationError(
            "'\(list)' is not a list of scopes; write item, or item,event, or 'item event'"
          )
        }
        return names.map(String.init)
      }
    }
  }
}

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
  func types(_ administration: any AdministrativeActions) throws -> [GrantType]? {
    names.isEmpty ? nil : try names.map { try administration.grantType(named: $0) }
  }
}

/// A claim or a label as it is given on the command line.
struct NamedValue: ExpressibleByArgument, Sendable {
  let name: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    name = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }
}

extension [NamedValue] {
  /// The claims by name.
  func claims() throws -> ClientClaims { try ClientClaims(byName("claim")) }

  /// The labels by name.
  func labels() throws -> ClientLabels { try ClientLabels(byName("label")) }

  /// Throws when one is given twice.
  private func byName(_ whatItIs: String) throws -> [String: String] {
    var values: [String: String] = [:]
    for named in self where values.updateValue(named.value, forKey: named.name) != nil {
      throw ValidationError("the \(whatItIs) '\(named.name)' is given twice")
    }
    return values
  }
}

extension [String] {
  /// Ranges of addresses of options that may hold several each.
  func addressRanges() throws -> [AddressRange] {
    try flatMap { $0.split(separator: ",") }.map { text in
      guard let range = AddressRange(String(text)) else {
        throw ValidationError("'\(text)' is not a range of addresses, such as 10.0.0.0/8 or 2001:db8::/32")
      }
      return range
    }
  }
}

/// Whether a new client is a resource server.
struct NewIntrospectionRight: ParsableArguments {
  @Flag(help: "The client is an API, and may introspect the tokens that are for it.")
  var resourceServer = false

  @Option(
    name: .customLong("resource"),
    help: ArgumentHelp(
      "With --resource-server: the identifier of the API that it is; may be repeated. "
        + "(default: \(Administration.defaultResource))",
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
      return try (uris.isEmpty ? [Administration.defaultResource] : uris).map { try Resource(existing: $0) }
    }
  }
}

/// How the right of a client to introspect is to change.
struct IntrospectionRight: ParsableArguments {
  enum Right: String, ExpressibleByArgument, CaseIterable {
    case introspect
  }

  @Option(help: "A right to grant: to introspect the tokens that are for its APIs.")
  var allow: Right?

  @Option(help: "A right to take away.")
  var deny: Right?

  @Option(
    name: .customLong("resource"),
    help: ArgumentHelp(
      "With --allow introspect: the identifier of an API that it is; may be repeated. "
        + "(default: \(Administration.defaultResource))",
      valueName: "uri"
    )
  )
  var uris: [String] = []

  /// The APIs whose tokens it may introspect from now on; nil for those it had.
  var resources: [Resource]? {
    get throws {
      guard allow == nil || deny == nil else {
        throw ValidationError("--allow and --deny cannot be used together")
      }
      guard allow != nil || uris.isEmpty else { throw ValidationError("--resource needs --allow introspect") }
      if deny != nil { return [] }
      guard allow != nil else { return nil }
      return try (uris.isEmpty ? [Administration.defaultResource] : uris).map { try Resource(existing: $0) }
    }
  }
}
