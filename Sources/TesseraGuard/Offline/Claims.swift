import TesseraCore

/// Reads claims as strictly as tokens need it (RFC 7519 §4.1).
extension [String: JSON] {
  /// A text that is not empty; nil for anything else.
  func text(_ name: String) -> String? {
    guard let text = self[name]?.text, !text.isEmpty else { return nil }
    return text
  }

  /// Whether a claim is this text, byte for byte.
  ///
  /// Texts of Swift are equal when they look the same.
  func has(_ name: String, _ text: String) -> Bool {
    self[name]?.text?.utf8.elementsEqual(text.utf8) ?? false
  }

  /// One text or several (RFC 7519 §4.1.3); nil for anything else.
  func texts(_ name: String) -> [String]? {
    if let single = self[name]?.text { return [single] }
    guard let elements = self[name]?.elements else { return nil }
    let texts = elements.compactMap(\.text)
    return texts.count == elements.count ? texts : nil
  }

  /// A time (`NumericDate`, RFC 7519 §2); nil for anything else.
  func time(_ name: String) -> Timestamp? { self[name].flatMap(Timestamp.init) }
}

extension Timestamp {
  /// Reads seconds since 1970, to the year 9999; nil for anything else.
  init?(_ json: JSON) {
    guard case .number(let seconds) = json, (0..<253_402_300_800).contains(seconds) else { return nil }
    self.init(milliseconds: Int64((seconds * 1000).rounded()))
  }
}
