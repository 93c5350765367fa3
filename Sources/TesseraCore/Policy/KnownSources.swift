/// From where clients have authenticated: the last addresses of each.
///
/// Only a client that has proven who it is gets an entry, so that nobody else can push one out.
struct KnownSources {
  /// How well a client knows an address.
  enum Acquaintance {
    /// It has authenticated from it.
    case known
    /// It has authenticated from the same IPv6 /64.
    case neighbour
    case stranger
  }

  private static let capacity = 50_000
  private static let addressesPerClient = 32

  private var addresses = GenerationalCache<ClientID, [SourceAddress]>(capacity: KnownSources.capacity)

  mutating func acquaintance(of source: SourceAddress, with id: ClientID?) -> Acquaintance {
    guard let id, let known = addresses.value(for: id) else { return .stranger }
    if known.contains(source) { return .known }
    return known.contains { $0.limitKey == source.limitKey } ? .neighbour : .stranger
  }

  mutating func remember(_ source: SourceAddress, of id: ClientID) {
    var known = addresses.value(for: id) ?? []
    guard !known.contains(source) else { return }
    if known.count == KnownSources.addressesPerClient { known.removeFirst() }
    known.append(source)
    addresses.insert(known, for: id)
  }
}
