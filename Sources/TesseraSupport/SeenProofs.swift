package import TesseraJOSE

/// The DPoP proofs that came lately, so that each counts once (RFC 9449 §11.1) where it came.
///
/// In memory and bounded: a proof is a hash of 16 bytes, for a minute or two until it is refused for its age anyway. Whom
/// its token belongs to has at most half of the room, so that no client keeps another's proofs out. Where there is no
/// room, a proof is not taken, since it could come again.
package final class SeenProofs: Sendable {
  /// What is known of a proof.
  package enum Answer: Sendable, Equatable {
    /// It was not here before.
    case new
    /// It was.
    case seen
    /// There is no room to remember it.
    case noRoom
  }

  /// Those that are refused for their age from about the same time on.
  private struct Period {
    var proofs: Set<DPoPProof.Mark> = []
    var counts: [String: Int] = [:]
  }

  /// In milliseconds.
  private static let periodLength: Int64 = 60_000

  private let capacity: Int
  private let periods = SharedLock<[Int64: Period]>([:])

  /// Room for so many proofs.
  package init(capacity: Int = 500_000) {
    self.capacity = max(2, capacity)
  }

  /// Remembers a proof that was sent with a token of this client.
  package func take(_ proof: DPoPProof, of clientID: String, at now: Timestamp) -> Answer {
    let mark = proof.mark
    let place = proof.expiresAt.milliseconds / SeenProofs.periodLength
    return periods.withLock { periods in
      for old in periods.keys where (old + 1) * SeenProofs.periodLength <= now.milliseconds {
        periods[old] = nil
      }
      guard periods[place]?.proofs.contains(mark) != true else { return .seen }
      let count = periods.values.reduce(0) { $0 + $1.proofs.count }
      let own = periods.values.reduce(0) { $0 + $1.counts[clientID, default: 0] }
      guard count < capacity, own < capacity / 2 else { return .noRoom }
      periods[place, default: Period()].proofs.insert(mark)
      periods[place, default: Period()].counts[clientID, default: 0] += 1
      return .new
    }
  }

  /// How many proofs are remembered.
  package var count: Int { periods.withLock { $0.values.reduce(0) { $0 + $1.proofs.count } } }
}
