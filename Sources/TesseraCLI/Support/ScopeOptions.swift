extension [String] {
  /// The scopes of options that may hold several each, separated by commas.
  var scopeNames: [String] {
    flatMap { $0.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init) }
  }
}
