/// Scopes in one text as the documented contract, the command line and gateways write them: with commas between them
/// and spaces around those, or with spaces alone.
package enum ScopeList {
  /// The names in it.
  ///
  /// Nil when there is none, also before or after a comma.
  package static func names(in text: String) -> [Substring]? {
    var names: [Substring] = []
    for listed in text.split(separator: ",", omittingEmptySubsequences: false) {
      let here = listed.split(separator: " ")
      guard !here.isEmpty else { return nil }
      names += here
    }
    return names
  }
}

extension ScopeSet {
  /// The scopes with these names.
  ///
  /// Nil when one of them is no scope, or there are more than `maximumCount`.
  package init?(names: [Substring]) {
    self.init()
    for name in names {
      guard let scope = Scope(String(name)), scopes.count < ScopeSet.maximumCount else { return nil }
      insert(scope)
    }
  }
}
