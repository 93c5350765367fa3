/// The name of a scope: a `scope-token` (RFC 6749 §3.3).
package enum ScopeName {
  /// Whether it has the form: printable ASCII without space, quote and backslash.
  package static func isValid(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
      }
  }
}
