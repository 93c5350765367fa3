extension RequestHeaders {
  /// Whether an `Accept` field (RFC 9110 §12.5.1) names `text/html`, as that of a browser does and that of a program
  /// does not.
  static func namesHTML(_ value: UnsafeRawBufferPointer) -> Bool {
    guard value.count >= htmlType.utf8CodeUnitCount else { return false }
    return value.split(separator: UInt8(ascii: ",")).contains { range in
      let parts = range.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(
        withoutSpace
      )
      return parts[0].matches(lowerCase: htmlType) && !parts.dropFirst().contains(where: isZeroWeight)
    }
  }

  private static let htmlType: StaticString = "text/html"

  /// `q=0`, also with decimals (RFC 9110 §12.4.2): what is not wanted.
  private static func isZeroWeight(_ parameter: UnsafeRawBufferPointer) -> Bool {
    guard parameter.count >= 3, parameter[0] | 0x20 == UInt8(ascii: "q"), parameter[1] == UInt8(ascii: "=")
    else { return false }
    return parameter.dropFirst(2).allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
  }

  private static func withoutSpace(_ part: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let start = part.drop(while: isSpace)
    let end = start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex
    return UnsafeRawBufferPointer(rebasing: start[start.startIndex..<end])
  }
}
