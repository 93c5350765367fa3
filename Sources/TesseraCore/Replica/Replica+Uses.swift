import Logging
import Synchronization
import TesseraJOSE
import TesseraSupport

/// Which clients are used: the store remembers it roughly, so that a node that starts has those in memory that will ask
/// soon.
extension Replica {
  /// How many clients are read, or told to the store, at once.
  package static let usePageSize = 1000

  /// Notes in memory that a client got a token.
  func noteUse(of client: CachedClient, at now: Timestamp) { notes.noteUse(of: client, at: now) }

  /// How many clients were used of which the store does not know it yet.
  package var unrecordedUses: Int { allNotes.reduce(into: Set<ClientID>()) { $0.formUnion($1.uses) }.count }

  /// Tells the store which clients were used.
  ///
  /// What could not be told is told the next time.
  package func recordUses() async throws(StoreError) {
    let now = clock.now
    // What another node has told already is left alone, even if its clock is behind.
    let known = now.advanced(byMilliseconds: -ClientNotes.useResolution * 3 / 4)
    var rest = Array(allNotes.reduce(into: Set<ClientID>()) { $0.formUnion($1.takeUses()) })[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Replica.usePageSize)
      do throws(StoreError) {
        try await store.noteUse(of: Array(batch), at: now, unlessSince: known)
      } catch {
        notes.keep(rest)
        throw error
      }
      rest = rest.dropFirst(batch.count)
    }
  }

  /// Reads the clients that were used last, as far as no other has to make room for them.
  ///
  /// What cannot be read is read when it asks: a client that is damaged must not keep a server from starting.
  func readClientsByUse(from store: any Store) async {
    var rest = state.withLock { min(settings.warmClients, $0.clients.room) }
    var last: UsedClient?
    do throws(StoreError) {
      while rest > 0 {
        let limit = min(rest, Replica.usePageSize)
        let page = try await store.clientsByUse(after: last, limit: limit)
        state.withLock { state in
          for used in page { state.keep(used.client, lastUsed: used.lastUsed) }
        }
        guard page.count == limit else { return }
        rest -= limit
        last = page.last
      }
    } catch {
      logger.warning(
        "not all clients that were used last could be read ahead",
        metadata: ["detail": "\(error)"]
      )
    }
  }
}
