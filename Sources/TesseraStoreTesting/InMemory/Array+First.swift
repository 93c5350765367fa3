extension Array {
  /// The first elements, at most so many; none when the count is negative.
  func first(_ count: Int) -> [Element] {
    Array(prefix(Swift.max(0, count)))
  }
}
