import Synchronization
import TesseraJOSE
import TesseraSupport

/// What one event loop has of a replica: facts and clients of its own, so that a request that memory answers neither waits
/// for another loop nor writes to memory that another one reads.
///
/// Before it believes what it has it looks whether the replica has changed. Only its loop asks it, and now and then a task
/// that answers a request of that loop, so nobody waits for its lock.
package final class ReplicaReader: Sendable {
  private struct Own {
    /// The version of the replica that the rest is of.
    var version = -1
    var facts: ReplicaFacts?
    /// Those of the version before: most changes are of clients.
    var formerFacts: ReplicaFacts?
    var marks: RevocationMarks?
    var clients = LoopClients()
  }

  /// The replica, for what only it has.
  package let replica: Replica
  let notes: ClientNotes
  private let version: ReplicaVersion
  private let monotonicClock: MonotonicClock
  /// In milliseconds.
  private let maximumStaleness: Int64
  private let own = Mutex(Own())

  init(of replica: Replica) {
    self.replica = replica
    notes = ClientNotes(replica.noteRoom)
    version = replica.version
    monotonicClock = replica.monotonicClock
    maximumStaleness = Int64(replica.settings.maximumStaleness) * 1000
  }

  /// Keys, scopes and server state.
  package func facts() throws(Interruption) -> ReplicaFacts {
    let (known, version) = try read { $0.facts }
    if let known { return known }
    let present = try replica.facts()
    let former = own.withLock { $0.formerFacts }
    let facts = former?.generation == present.generation ? former ?? present : present.unshared()
    keep(version) { own in
      own.facts = facts
      own.formerFacts = nil
    }
    return facts
  }

  /// Lets go of what has changed, keys that are gone above all, should its loop serve nobody.
  func forgetFormer() {
    let current = version.current
    own.withLock { own in
      if own.version != current { own = Own(version: current) }
    }
  }

  /// The client with this ID; nil when there is none.
  ///
  /// Interrupts for the store when it is not known yet.
  package func client(_ id: ClientID) throws(Interruption) -> CachedClient? {
    let (known, version) = try read { $0.clients.client(id) }
    if let known { return known }
    return try replica.client(id).map { admitted($0, version) }
  }

  /// The client with this ID, or what stands for it when there is none.
  func clientOrDecoy(_ id: ClientID?) throws(Interruption) -> (client: CachedClient, isKnown: Bool) {
    guard let id else { return try replica.clientOrDecoy(nil) }
    let (known, version) = try read { $0.clients.client(id) }
    if let known { return (known, true) }
    let (client, isKnown) = try replica.clientOrDecoy(id)
    return isKnown ? (admitted(client, version), true) : (client, false)
  }

  private func admitted(_ client: CachedClient, _ version: Int) -> CachedClient {
    var admitted = client
    keep(version) { admitted = $0.clients.admit(client) }
    return admitted
  }

  /// Whether this token was revoked by itself.
  func isRevoked(_ token: TokenID) throws(Interruption) -> Bool {
    let (known, version) = try read { $0.marks }
    let marks: RevocationMarks
    if let known {
      marks = known
    } else {
      let present = try replica.revocationMarks()
      keep(version) { $0.marks = present }
      marks = present
    }
    return marks.mayContain(token) ? try replica.isRevoked(token) : false
  }

  /// What there is in the loop's own memory, of which all is forgotten once the replica has changed; and the version of it.
  private func read<Value>(_ read: (inout Own) -> Value?) throws(Interruption) -> (Value?, version: Int) {
    if version.lastHeard < monotonicClock.milliseconds - maximumStaleness { try replica.checkFreshness() }
    let current = version.current
    return own.withLock { own in
      if own.version != current { own = Own(version: current, formerFacts: own.facts ?? own.formerFacts) }
      return (read(&own), current)
    }
  }

  /// Takes something into the loop's own memory that was looked up in the replica after this version of it was seen, unless
  /// another has been seen meanwhile.
  private func keep(_ version: Int, _ change: (inout Own) -> Void) {
    own.withLock { own in
      if own.version == version { change(&own) }
    }
  }
}

extension Replica {
  fileprivate func revocationMarks() throws(Interruption) -> RevocationMarks {
    try fresh { $0.feed.marks }
  }
}
