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
          throw ValidationError("'\(list)' is no list of scopes: item, or item,event, or 'item event'")
        }
        return names.map(String.init)
      }
    }
  }
}
