import NIOCore

/// The TLS handshakes that are under way on one event loop.
struct HandshakeList {
  /// Where one stands.
  struct Place {
    fileprivate let index: Int
    fileprivate let hasBegun: Bool
  }

  private let limit: Int
  /// Those whose client has not said hello.
  private var silent = IdleList<TLSHandshake>()
  private var begun = IdleList<TLSHandshake>()
  private var count = 0

  init(limit: Int) {
    self.limit = limit
  }

  mutating func add(_ handshake: TLSHandshake, at now: NIODeadline) -> Place {
    let place = Place(index: silent.add(handshake), hasBegun: false)
    silent.setIdle(place.index, since: now.uptimeNanoseconds)
    count += 1
    return place
  }

  /// Its client has said hello; the result is its new place.
  mutating func begin(_ handshake: TLSHandshake, _ place: Place, at now: NIODeadline) -> Place {
    silent.remove(place.index)
    let place = Place(index: begun.add(handshake), hasBegun: true)
    begun.setIdle(place.index, since: now.uptimeNanoseconds)
    return place
  }

  mutating func remove(_ place: Place) {
    if place.hasBegun { begun.remove(place.index) } else { silent.remove(place.index) }
    count -= 1
  }

  /// The one to cut for another; nil when there is room.
  ///
  /// It is the oldest, not the newest: who only holds connections open could keep everybody else out. And it is one that
  /// is silent, while there is one: to say hello is what a client does first that means it, and costs who does not.
  mutating func takeSurplus() -> TLSHandshake? {
    guard count >= limit else { return nil }
    return silent.takeOldest() ?? begun.takeOldest()
  }
}
