import NIOCore

/// The TLS handshakes that are under way on one event loop, as many as fit, of which half are for those whose client has not
/// said hello.
///
/// For one more, the oldest of its half is cut, not the newest: who only holds connections open could keep everybody else
/// out. To say hello is what a client does first that means it, and costs who does not.
struct HandshakeList {
  /// Where one stands.
  struct Place {
    fileprivate let index: Int
    fileprivate let hasBegun: Bool
  }

  private struct Half {
    let limit: Int
    private var list = IdleList<TLSHandshake>()
    private var count = 0

    init(limit: Int) {
      self.limit = limit
    }

    mutating func add(_ handshake: TLSHandshake, at now: NIODeadline) -> Int {
      count += 1
      let index = list.add(handshake)
      list.setIdle(index, since: now.uptimeNanoseconds)
      return index
    }

    mutating func remove(_ index: Int) {
      count -= 1
      list.remove(index)
    }

    /// The one to cut for another; nil when there is room.
    mutating func takeSurplus() -> TLSHandshake? { count < limit ? nil : list.takeOldest() }
  }

  private var silent: Half
  private var begun: Half

  init(limit: Int) {
    silent = Half(limit: max(1, limit / 2))
    begun = Half(limit: max(1, limit / 2))
  }

  /// The one to cut for a new one; nil when there is room.
  mutating func takeSilentSurplus() -> TLSHandshake? { silent.takeSurplus() }

  mutating func add(_ handshake: TLSHandshake, at now: NIODeadline) -> Place {
    Place(index: silent.add(handshake, at: now), hasBegun: false)
  }

  /// The one to cut for one whose client says hello; nil when there is room.
  mutating func takeBegunSurplus() -> TLSHandshake? { begun.takeSurplus() }

  /// Its client has said hello; the result is its new place.
  mutating func begin(_ handshake: TLSHandshake, _ place: Place, at now: NIODeadline) -> Place {
    remove(place)
    return Place(index: begun.add(handshake, at: now), hasBegun: true)
  }

  mutating func remove(_ place: Place) {
    if place.hasBegun { begun.remove(place.index) } else { silent.remove(place.index) }
  }
}
