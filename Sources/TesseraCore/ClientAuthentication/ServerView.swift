package import TesseraJOSE

/// What the server knew at one time, for steps that go by the same from the first to the last.
///
/// Everything is looked up once, when it is needed first.
package struct ServerView: Sendable {
  /// The one reading of the clock.
  package let time: Timestamp
  private var facts: ReplicaFacts?
  /// The client that was looked up first; others are rare.
  private var first: (id: ClientID, client: CachedClient?)?
  private var others: [ClientID: CachedClient?] = [:]

  package init(at time: Timestamp) {
    self.time = time
  }

  /// Keys, scopes and server state.
  package mutating func facts(of replica: ReplicaReader) throws(Interruption) -> ReplicaFacts {
    if let facts { return facts }
    let known = try replica.facts()
    facts = known
    return known
  }

  /// The client with this ID; nil when there is none.
  package mutating func client(_ id: ClientID, of replica: ReplicaReader) throws(Interruption)
    -> CachedClient?
  {
    if let first, first.id == id { return first.client }
    if let other = others[id] { return other }
    let client = try replica.client(id)
    if first == nil { first = (id, client) } else { others[id] = .some(client) }
    return client
  }
}
