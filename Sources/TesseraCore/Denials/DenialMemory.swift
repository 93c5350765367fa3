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

  /// Some of them, each in a place of its own.
  ///
  /// Who flooded it with refusals has it looked through with each, so what is looked at is small and side by side, and
  /// nothing is moved.
  private struct Shelf {
    private let bounds: Bounds
    /// By a hash of the owner: two owners that have the same share a share.
    private var owners: [Int] = []
    /// The order in which they came.
    private var numbers: [Int] = []
    private var places: [Denial] = []
    private var count = 0

    init(_ bounds: Bounds) {
      self.bounds = bounds
    }

    var denials: [Denial] { numbers.indices.sorted { numbers[$0] < numbers[$1] }.map { places[$0] } }

    mutating func add(_ denial: Denial, of owner: Int) {
      count += 1
      guard let place = place(for: owner) else {
        owners.append(owner)
        numbers.append(count)
        places.append(denial)
        return
      }
      owners[place] = owner
      numbers[place] = count
      places[place] = denial
    }

    /// The place of the oldest of this owner where it has its share, else of the oldest where all are taken; nil for a new
    /// one.
    private func place(for owner: Int) -> Int? {
      var (own, oldestOwn, oldest): (Int, Int?, Int?) = (0, nil, nil)
      for place in owners.indices {
        if owners[place] == owner {
          own += 1
          if oldestOwn.map({ numbers[place] < numbers[$0] }) ?? true { oldestOwn = place }
        }
        if oldest.map({ numbers[place] < numbers[$0] }) ?? true { oldest = place }
      }
      if own >= bounds.share { return oldestOwn }
      return owners.count >= bounds.capacity ? oldest : nil
    }
  }
}
