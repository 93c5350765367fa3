extension StaticString {
  /// Whether a text is this one, byte for byte.
  static func == (left: StaticString, right: String) -> Bool {
    left == right.utf8
  }

  /// Whether these are its bytes.
  static func == (left: StaticString, right: some Collection<UInt8>) -> Bool {
    UnsafeBufferPointer(start: left.utf8Start, count: left.utf8CodeUnitCount).elementsEqual(right)
  }
}
