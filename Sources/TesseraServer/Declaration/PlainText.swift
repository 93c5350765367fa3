import TesseraCore

/// Texts without quotes in YAML, which some readers take for something else.
package enum PlainText {
  /// What this is to some reader; nil for a text.
  static func meaning(of text: String) -> String? {
    switch text.lowercased() {
    case "", "~", "null": return "nothing"
    case "true", "false", "yes", "no", "on", "off", "y", "n": return "true or false"
    default: break
    }
    guard text.utf8.first.map({ "0123456789+-.".utf8.contains($0) }) ?? false else { return nil }
    let number = #/[-+]?([0-9][0-9_]*(:[0-5]?[0-9])*|0[xo][0-9a-fA-F_]+|\.(inf|nan))/#.ignoresCase()
    if Double(text) != nil || text.wholeMatch(of: number) != nil { return "a number" }
    return text.wholeMatch(of: /\d{4}-\d\d?-\d\d?([Tt ].*)?/) == nil ? nil : "a date"
  }

  /// The text as it stands in a file: with quotes, which are those of JSON, unless it can do without.
  package static func written(_ text: String) -> String {
    let isPlain = /[A-Za-z]([A-Za-z0-9_.\/()-]|[ :](?=[A-Za-z0-9_.\/(]))*/
    guard text.wholeMatch(of: isPlain) != nil, meaning(of: text) == nil else {
      return JSONValue.string(text).text()
    }
    return text
  }
}
