/// Who asks for something to be written.
package enum WriteParty: Hashable, Sendable {
  /// Whoever administers the server.
  case operators
  /// The server itself, which tidies up.
  case housekeeping
  case client(ClientID)
}

/// What waits to be written, taken in turn by who asks for it, so that one who asks for much delays nobody else.
package struct TurnQueue<Element: Sendable>: Sendable {
  private var waiting: [WriteParty: [Element]] = [:]
  /// Who has something waiting, next in turn first.
  private var turns: [WriteParty] = []

  package init() {}

  /// Whether nothing waits.
  package var isEmpty: Bool { turns.isEmpty }

  /// How much waits.
  package var count: Int { waiting.values.reduce(0) { $0 + $1.count } }

  /// Adds what this party asks for, after all else of it; false when it has as much waiting already as it may.
  package mutating func add(_ element: Element, for party: WriteParty, atMost limit: Int = .max) -> Bool {
    guard waiting[party]?.count ?? 0 < limit else { return false }
    if waiting[party] == nil { turns.append(party) }
    waiting[party, default: []].append(element)
    return true
  }

  /// Takes at most this many, one of each party in turn.
  package mutating func take(_ limit: Int) -> [Element] {
    var taken: [Element] = []
    while taken.count < limit, !turns.isEmpty {
      let party = turns.removeFirst()
      var rest = waiting.removeValue(forKey: party) ?? []
      taken.append(rest.removeFirst())
      guard !rest.isEmpty else { continue }
      waiting[party] = rest
      turns.append(party)
    }
    return taken
  }
}
