/// The 32 bytes of a keyed hash.
///
/// Equality takes the same time wherever two digests differ.
package struct SecretDigest: Sendable, Hashable {
  /// How many bytes it has.
  package static let byteCount = 32

  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Nil unless there are 32 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == SecretDigest.byteCount else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.words = words
  }

  init(copying digest: UnsafeRawBufferPointer) {
    precondition(digest.count == SecretDigest.byteCount)
    words = digest.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
  }

  /// The 32 bytes.
  package var bytes: [UInt8] {
    withUnsafeBytes(of: words) { Array($0) }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
  }

  package static func == (left: SecretDigest, right: SecretDigest) -> Bool {
    (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
      | (left.words.3 ^ right.words.3) == 0
  }
}
