package import TesseraJOSE

/// What a claim of a token has to be.
package struct ClaimCondition: Sendable, Equatable {
  /// The claim by its name, or by a JSON Pointer (RFC 6901) where it is within another.
  package let claim: String
  /// Its value to the letter, but for `*`, which stands for one segment: what is between two of `/` and `:`.
  package let pattern: String

  package init(_ claim: String, _ pattern: String) {
    self.claim = claim
    self.pattern = pattern
  }

  /// Whether it holds.
  ///
  /// A text is compared byte by byte, `true`, `false` and whole numbers as they are written; no list and no object is
  /// anything.
  package func holds(for claims: [String: JSON]) -> Bool {
    value(in: claims).map(matches) ?? false
  }

  /// Whether this is a value that it may have.
  func matches(_ value: String) -> Bool {
    var rest = value.utf8[...]
    for byte in pattern.utf8 {
      if byte == ClaimCondition.wildcard {
        let segment = rest.prefix { !ClaimCondition.isSeparator($0) }
        guard !segment.isEmpty else { return false }
        rest = rest[segment.endIndex...]
      } else {
        guard rest.popFirst() == byte else { return false }
      }
    }
    return rest.isEmpty
  }

  private func value(in claims: [String: JSON]) -> String? {
    var found = JSON.object(claims)
    for name in path {
      guard let member = found.members?[name] else { return nil }
      found = member
    }
    switch found {
    case .string(let text): return text
    case .boolean(let isTrue): return String(isTrue)
    case .number(let number): return Int(exactly: number).map(String.init)
    case .object, .array, .null: return nil
    }
  }

  /// The names that lead to the claim.
  private var path: [String] {
    guard claim.hasPrefix("/") else { return [claim] }
    return claim.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  static let wildcard = UInt8(ascii: "*")

  static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") }
}
