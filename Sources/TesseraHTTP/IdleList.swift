/// Which elements are idle, in the order in which they became so.
///
/// Places and links are numbers in one array: to become idle and busy, as a connection does with every request,
/// allocates nothing and counts no references.
struct IdleList<Element> {
  private struct Place {
    var element: Element?
    var since = UInt64.max
    var previous = 0
    var next = 0
  }

  /// The first is nobody's: the list begins and ends there.
  private var places = [Place()]
  private var free: [Int] = []

  /// Gives an element a place, not idle at first.
  mutating func add(_ element: Element) -> Int {
    let place = free.popLast() ?? places.count
    if place == places.count { places.append(Place()) }
    places[place] = Place(element: element)
    return place
  }

  /// Gives the place back.
  mutating func remove(_ place: Int) {
    setBusy(place)
    places[place].element = nil
    free.append(place)
  }

  /// It is idle from now on, and was not before.
  mutating func setIdle(_ place: Int, since: UInt64) {
    setBusy(place)
    let last = places[0].previous
    places[place].since = since
    places[place].previous = last
    places[place].next = 0
    places[last].next = place
    places[0].previous = place
  }

  /// It is idle no more, if it was.
  mutating func setBusy(_ place: Int) {
    guard places[place].since != .max else { return }
    let (previous, next) = (places[place].previous, places[place].next)
    places[previous].next = next
    places[next].previous = previous
    places[place].since = .max
  }

  /// Since when the one has been idle that has been so for longest; `UInt64.max` when none is.
  var oldestSince: UInt64 { places[places[0].next].since }

  /// The one that has been idle for longest, which is not idle any more.
  mutating func takeOldest() -> Element? {
    let place = places[0].next
    setBusy(place)
    return places[place].element
  }
}
