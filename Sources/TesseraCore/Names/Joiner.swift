/// The two invisible characters that some languages cannot be written without: ZERO WIDTH NON-JOINER, as in Persian, and
/// ZERO WIDTH JOINER, as in Sinhala.
///
/// The rule is that of RFC 5892 Appendix A.1 and A.2: after a virama, and the first also between letters that would
/// join.
package enum Joiner {
  private static let nonJoiner: UInt32 = 0x200C
  private static let joiner: UInt32 = 0x200D

  /// Whether the character there is a joiner that the ones around it need.
  package static func isNeeded(at index: Int, of scalars: [Unicode.Scalar]) -> Bool {
    let value = scalars[index].value
    guard value == nonJoiner || value == joiner, index > 0, index + 1 < scalars.count else { return false }
    let (previous, next) = (scalars[index - 1], scalars[index + 1])
    guard next.properties.isAlphabetic else { return false }
    if previous.properties.canonicalCombiningClass == .virama { return true }
    guard value == nonJoiner else { return false }
    // Marks of a letter, such as vowels, do not change whether it joins.
    let letter = scalars[..<index].last { $0.properties.canonicalCombiningClass == .notReordered }
    return letter.map(joins) == true && joins(next)
  }

  /// Whether this is a letter of a script whose letters join: Arabic, Syriac, Mandaic, N'Ko, Mongolian and their
  /// extensions.
  private static func joins(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.properties.isAlphabetic else { return false }
    return switch scalar.value {
    case 0x0620...0x074A, 0x074D...0x077F, 0x07CA...0x07EA, 0x0840...0x0858, 0x0860...0x08C9,
      0x1820...0x18AA, 0xA840...0xA871, 0x10D00...0x10D23, 0x1E900...0x1E943:
      true
    default: false
    }
  }
}
