import TesseraJOSE

extension Replica {
  /// Notes in memory that a client was admitted by this secret of its own.
  func noteUse(
    of secret: String,
    of client: CachedClient,
    from source: SourceAddress,
    at now: Timestamp
  ) {
    notes.noteUse(of: secret, of: client, from: source, at: now)
  }

  /// What was noted here and by each reader.
  var allNotes: [ClientNotes] { [notes] + readers.withLock { $0.map(\.notes) } }

  /// Tells the store how secrets were used, some at a time; what could not be told is told the next time.
  package func recordSecretUses() async throws(StoreError) {
    var uses = untoldSecretUses.withLock { untold in
      defer { untold = [:] }
      return untold
    }
    for use in allNotes.flatMap({ $0.takeSecretUses() }) {
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
    untoldSecretUses.withLock { untold in
      for (key, use) in uses where untold.count < settings.maximumClients {
        untold[key] = untold[key]?.adding(use) ?? use
      }
    }
  }
}
