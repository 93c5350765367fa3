/// The newest nonce of each server (RFC 9449 §8, §9), of a bounded number of servers.
struct NonceTable {
  private struct Entry {
    let nonce: String
    let number: UInt64
  }

  static let capacity = 64
  private static let maximumLength = 512

  private var entries: [String: Entry] = [:]
  private var lastNumber: UInt64 = 0

  /// The nonce that this origin wants to see.
  subscript(_ origin: String) -> String? { entries[origin]?.nonce }

  /// Keeps a nonce, and forgets that of the server from which none came for the longest time when there are too many.
  mutating func keep(_ nonce: String, of origin: String) {
    lastNumber += 1
    entries[origin] = Entry(nonce: nonce, number: lastNumber)
    guard entries.count > NonceTable.capacity else { return }
    let oldest = entries.min { $0.value.number < $1.value.number }
    if let oldest { entries[oldest.key] = nil }
  }

  /// Whether a server may have sent it (RFC 9449 §8.1: NQCHAR).
  static func isNonce(_ text: String) -> Bool {
    (1...maximumLength).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
  }
}
