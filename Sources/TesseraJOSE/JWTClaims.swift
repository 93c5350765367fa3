/// Reads claims as strictly as tokens need it (RFC 7519 §4.1).
extension [String: JSON] {
  /// A text that is not empty; nil for anything else.
  package func text(_ name: String) -> String? {
    guard let text = self[name]?.text, !text.isEmpty else { return nil }
    return text
  }

  /// Whether a claim is this text, byte for byte.
  ///
  /// Texts of Swift are equal when they look the same.
  package func has(_ name: String, _ text: String) -> Bool {
    self[name]?.text?.utf8.elementsEqual(text.utf8) ?? false
  }

  /// One text or several (RFC 7519 §4.1.3); nil for anything else.
  package func texts(_ name: String) -> [String]? {
    if let single = self[name]?.text { return [single] }
    guard let elements = self[name]?.elements else { return nil }
    let texts = elements.compactMap(\.text)
    return texts.count == elements.count ? texts : nil
  }

  /// A time (`NumericDate`, RFC 7519 §2); nil for anything else.
  package func time(_ name: String) -> Timestamp? { self[name]?.numericDate }
}
