import Synchronization
import TesseraJOSE

/// Marks of revoked tokens that event loops look at without a lock: a token without a mark is not revoked, and of one with
/// a mark it is to be looked up, since many share one.
///
/// Marks are only added; to be rid of those of tokens that are forgotten, all are made anew.
final class RevocationMarks: Sendable {
  /// A power of two: 128 KiB, in which ten thousand revoked tokens make one look-up in a hundred needless.
  private static let bitCount = 1 << 20

  /// Allocated once and freed with it; its words are atomic, so it may be shared.
  nonisolated(unsafe) private let words: UnsafeMutablePointer<Atomic<UInt64>>

  init() {
    words = .allocate(capacity: RevocationMarks.bitCount / 64)
    for place in 0..<RevocationMarks.bitCount / 64 { (words + place).initialize(to: Atomic(0)) }
  }

  deinit {
    words.deinitialize(count: RevocationMarks.bitCount / 64)
    words.deallocate()
  }

  func add(_ token: TokenID) {
    let place = RevocationMarks.place(of: token)
    words[place / 64].bitwiseOr(1 << UInt64(place % 64), ordering: .releasing)
  }

  /// False for a token that is not revoked; true for one that may be.
  func mayContain(_ token: TokenID) -> Bool {
    let place = RevocationMarks.place(of: token)
    return words[place / 64].load(ordering: .acquiring) >> UInt64(place % 64) & 1 == 1
  }

  private static func place(of token: TokenID) -> Int { Int(token.randomBits) & (bitCount - 1) }
}
