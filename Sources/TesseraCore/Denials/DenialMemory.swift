/// The latest refused requests of one event loop, in bounded memory.
///
/// Nobody but its loop writes it, so that it needs no lock. Clients that have proven who they are have a shelf of their own:
/// nothing that strangers do pushes theirs out. On it each client has a share, and on the other each network.
package struct DenialMemory: Sendable {
  /// How many are remembered on each shelf, and at most of one owner.
  package struct Bounds: Sendable {
    package var capacity = 256
    package var share = 32

    package init() {}
  }

  private var proven: Shelf
  private var others: Shelf

  package init(_ bounds: Bounds = Bounds()) {
    proven = Shelf(bounds)
    others = Shelf(bounds)
  }

  /// All that are remembered.
  package var all: [Denial] { proven.denials + others.denials }

  package mutating func add(_ denial: Denial) {
    if let client = denial.provenClient {
      proven.add(denial, of: client.hashValue)
    } else {
      others.add(denial, of: denial.source.widestNetwork.hashValue)
    }
  }

  /// Some of them in the order in which they came.
  private struct Shelf {
    private let bounds: Bounds
    /// By a hash of the owner: two owners that have the same share a share.
    private var entries: [(owner: Int, denial: Denial)] = []

    init(_ bounds: Bounds) {
      self.bounds = bounds
    }

    var denials: [Denial] { entries.map(\.denial) }

    mutating func add(_ denial: Denial, of owner: Int) {
      if entries.count(where: { $0.owner == owner }) >= bounds.share {
        if let oldest = entries.firstIndex(where: { $0.owner == owner }) { entries.remove(at: oldest) }
      } else if entries.count >= bounds.capacity {
        entries.removeFirst()
      }
      entries.append((owner, denial))
    }
  }
}
