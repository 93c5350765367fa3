import Synchronization
import TesseraJOSE

/// What the store is to be told of the use of secrets.
///
/// Counting is a look at the client's own memory; the memory of all is touched once for each client and interval.
struct PendingSecretUses {
  /// Clients with uses in their memory, which may have been changed or forgotten since.
  var clients: [CachedClient] = []
  /// What the store could not be told, by client and name of the secret.
  var untold: [[String]: SecretUse] = [:]
}

extension Replica {
  /// Notes in memory that a client was admitted by this secret of its own.
  func noteUse(
    of secret: String,
    of client: CachedClient,
    from source: SourceAddress,
    at now: Timestamp
  ) {
    guard client.noteUse(of: secret, from: source, at: now) else { return }
    secretUses.withLock { pending in
      if pending.clients.count < settings.maximumClients {
        pending.clients.append(client)
      } else {
        // It is lost, and the client comes again with its next use.
        _ = client.takeSecretUses()
      }
    }
  }

  /// Tells the store how secrets were used, some at a time; what could not be told is told the next time.
  package func recordSecretUses() async throws(StoreError) {
    let pending = secretUses.withLock { pending in
      defer { pending = PendingSecretUses() }
      return pending
    }
    var uses = pending.untold
    for use in pending.clients.flatMap({ $0.takeSecretUses() }) {
      let key = [use.clientID.rawValue, use.secret, String(use.madeAt.milliseconds)]
      uses[key] = uses[key]?.adding(use) ?? use
    }
    var rest = Array(uses)[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Replica.usePageSize)
      do throws(StoreError) {
        try await store.addSecretUses(batch.map(\.value))
      } catch {
        keep(rest)
        throw error
      }
      rest = rest.dropFirst(batch.count)
    }
  }

  /// Keeps what could not be told, as far as there is room.
  private func keep(_ uses: ArraySlice<(key: [String], value: SecretUse)>) {
    secretUses.withLock { pending in
      for (key, use) in uses where pending.untold.count < settings.maximumClients {
        pending.untold[key] = pending.untold[key]?.adding(use) ?? use
      }
    }
  }
}
