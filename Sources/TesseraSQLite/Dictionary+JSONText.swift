import Foundation

extension [String: String] {
  /// A JSON object with its members in the order of their names.
  func jsonText() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Nil unless the text is a JSON object of strings.
  init?(jsonText text: String) {
    guard let members = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
      return nil
    }
    self = members
  }
}
