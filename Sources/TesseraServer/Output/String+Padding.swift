extension String {
  /// This text with spaces after it up to a width, in characters.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
