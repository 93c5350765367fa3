import Foundation

/// Claims, details and differences, as a store keeps them.
extension Dictionary where Key == String, Value: Codable {
  /// A JSON object with its members in the order of their names.
  package func jsonText() throws(StoreError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { throw .invalid("A text cannot be stored") }
    return String(decoding: data, as: UTF8.self)
  }

  /// Nil unless the text is a JSON object of such values.
  package init?(jsonText text: String) {
    guard let members = try? JSONDecoder().decode([String: Value].self, from: Data(text.utf8)) else {
      return nil
    }
    self = members
  }
}

extension StoreError {
  /// A row that no version of Tessera writes: it was damaged or altered by hand.
  package static func unreadable(_ what: String) -> StoreError {
    .unavailable("The database holds \(what) that cannot be read. Restore it from a backup.")
  }
}
