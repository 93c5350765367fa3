import ArgumentParser
import TesseraCore

/// A claim as it is given on the command line.
struct ClaimOption: ExpressibleByArgument, Sendable {
  let name: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    name = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }
}

extension [ClaimOption] {
  /// The claims by name.
  ///
  /// Throws when one is given twice.
  func byName() throws -> ClientClaims {
    var claims: [String: String] = [:]
    for claim in self where claims.updateValue(claim.value, forKey: claim.name) != nil {
      throw ValidationError("the claim '\(claim.name)' is given twice")
    }
    return try ClientClaims(claims)
  }
}
