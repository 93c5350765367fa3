/// The clients that one event loop serves again and again, as copies of its own.
///
/// A table of fixed size with one place for each group of IDs. A client gets its place when it is asked for twice while the
/// one that has it is not asked for at all; so a loop that serves very many clients in turn makes no copies, and serves
/// them from the table that all loops share.
struct LoopClients {
  private struct Place {
    var id: ClientID?
    var client: CachedClient?
    /// Of the last client that was asked for in vain since this one was asked for.
    var applicant = 0
  }

  /// A power of two.
  private static let capacity = 4096

  /// None before the first client comes, as in a loop that serves nobody.
  private var places: [Place] = []

  /// The copy of a client; nil when there is none.
  mutating func client(_ id: ClientID) -> CachedClient? {
    let place = id.spread & (LoopClients.capacity - 1)
    guard !places.isEmpty, places[place].id == id else { return nil }
    places[place].applicant = 0
    return places[place].client
  }

  /// What is to be used of a client that has no copy: itself, or the copy that it gets now.
  mutating func admit(_ client: CachedClient) -> CachedClient {
    if places.isEmpty { places = [Place](repeating: Place(), count: LoopClients.capacity) }
    let spread = client.client.id.spread
    let place = spread & (LoopClients.capacity - 1)
    guard places[place].applicant == spread else {
      places[place].applicant = spread
      return client
    }
    let copy = client.copy()
    places[place] = Place(id: copy.client.id, client: copy)
    return copy
  }
}
