package import TesseraCore
import TesseraJOSE
package import TesseraSupport

/// A backup that is brought back into the store of a configuration.
package struct StoreRestore: Sendable {
  /// What came of it.
  package struct Outcome: Sendable {
    /// What was restored, and was the same when it was read back.
    package let records: [RecordTally]
    /// When the backup was made.
    package let madeAt: String
  }

  private let path: String
  private let place: StorePlace
  private let configuration: ServerConfiguration
  private let replaces: Bool
  private let actor: String
  private let clock: WallClock

  /// The backup at `path`; what the store has is an error unless this `replaces` it. `actor` is who does it, for the audit
  /// log.
  package init(
    of path: String,
    to configuration: ServerConfiguration,
    replacing replaces: Bool,
    actor: String,
    clock: WallClock = .system
  ) throws(StoreMoveError) {
    self.path = path
    self.configuration = configuration
    self.replaces = replaces
    self.actor = actor
    self.clock = clock
    place = try StorePlace(of: configuration)
  }

  /// Restores it, in one step; `progress` hears of each batch.
  package func run(
    progress: @escaping @Sendable (StoreCopy.Progress) -> Void
  ) async throws(StoreMoveError) -> Outcome {
    try await BlockingWork.run { () throws(StoreMoveError) in try restore(progress) }
  }

  private func restore(
    _ progress: @escaping (StoreCopy.Progress) -> Void
  ) throws(StoreMoveError) -> Outcome {
    let source = try BackupSource(path)
    let (header, keys) = try source.check()
    try checkMasterKey(of: keys)
    let folder = configuration.dataDirectory
    if ServerRecord.read(in: folder)?.isRunning ?? false {
      throw .conflict("a server runs on \(folder.printable); stop it, and run this again")
    }
    let writer = try place.openToFill()
    let event = AuditEvent(
      time: clock.now,
      actor: actor,
      action: .serverRestored,
      subject: "server",
      details: ["made_at": header.madeAt, "made_by": "Tessera \(header.tessera)"]
    )
    let reader = try source.reader()
    do throws(StoreCopyError) {
      let records = try StoreCopy(
        from: reader,
        to: writer,
        replacing: replaces,
        recording: event,
        progress: progress
      ).run()
      return Outcome(records: records, madeAt: header.madeAt)
    } catch {
      if case .targetNotEmpty = error {
        throw .conflict(
          "\(place.name) has data already; name another place, or lose that data with --replace"
        )
      }
      throw StoreMoveError(error, from: path.printable, to: place.name)
    }
  }

  /// Throws unless the master key here is the one that protects these keys.
  private func checkMasterKey(of keys: ProtectedKeys) throws(StoreMoveError) {
    let (place, masterKey): (String, MasterKey?)
    if let file = configuration.masterKeyPlace {
      guard file.exists else {
        throw .failed(
          "the master key of the backup is needed and in no backup; put it into \(file.path.printable), with mode 0600"
        )
      }
      do throws(MasterKeyFileError) { _ = try file.read() } catch { throw .failed(error.description) }
      (place, masterKey) = (file.path.printable, file.key(of: keys.state))
    } else {
      (place, masterKey) = ("the configured master key", configuration.masterKey)
    }
    guard let masterKey, keys.state.isProtected(by: masterKey) else {
      throw .conflict(
        "\(place) is not the master key of \(path.printable); put the one of that time in its place, and run this again"
      )
    }
    do throws(KeyUnwrappingError) {
      _ = try KeyRing(keys.keys, masterKey: masterKey)
      _ = try keys.state.secretHasher(by: masterKey)
    } catch {
      throw .failed("\(path.printable) cannot be used: \(error)")
    }
  }
}
