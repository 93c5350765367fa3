package import TesseraCore
import TesseraJOSE

/// The folder that a server keeps its data in, opened: the store and the master key.
package struct DataDirectory: Sendable {
  /// What happens when there is no data yet.
  package enum Absence: Sendable {
    /// The folder, the store and the master key are made.
    case initialises
    /// It is an error, and nothing is made.
    case fails
  }

  /// Where it is.
  package let path: String
  /// The store, initialised.
  package let store: any Store
  /// The master key of this store.
  package let masterKey: MasterKey
  /// Whether it was empty before and got its first content now, from this process.
  package let isNew: Bool

  /// Opens the folder.
  ///
  /// `url` is where the store is; without it, it is in the folder. `configuredKey` is the master key from the
  /// configuration; without it the file `master.key` in the folder holds it. `actor` is who initialises the store, for
  /// the audit log.
  package static func open(
    _ path: String,
    store url: StoreURL? = nil,
    openers: [StoreOpener] = .all,
    configuredKey: MasterKey? = nil,
    whenAbsent: Absence,
    actor: String
  ) async throws(DataDirectoryError) -> DataDirectory {
    let layout = DataDirectoryLayout(path: path)
    switch whenAbsent {
    case .initialises: try layout.makeFolder()
    case .fails: guard try layout.exists else { throw .noData(path: path) }
    }
    let (store, name) = try await openStore(url, openers, in: layout, whenAbsent)
    do throws(DataDirectoryError) {
      let isInitialised = try await serverState(of: store) != nil
      guard isInitialised || whenAbsent == .initialises else { throw .noData(path: path) }
      let key: MasterKey
      if let configuredKey { key = configuredKey } else { key = try masterKey(in: layout, isInitialised) }
      let isNew = isInitialised ? false : try await initialise(store, key, actor: actor)
      // Also after initialising, because another process may have been faster.
      guard try await serverState(of: store)?.masterKeyCheck == key.checkValue else {
        throw configuredKey == nil
          ? .foreignKeyFile(path: path, store: name) : .foreignConfiguredKey(store: name)
      }
      return DataDirectory(path: path, store: store, masterKey: key, isNew: isNew)
    } catch {
      await store.close()
      throw error
    }
  }

  /// The store, and what it is called in messages.
  private static func openStore(
    _ url: StoreURL?,
    _ openers: [StoreOpener],
    in layout: DataDirectoryLayout,
    _ whenAbsent: Absence
  ) async throws(DataDirectoryError) -> (any Store, name: String) {
    guard let url = url ?? openers.embeddedStore(in: layout.path) else { throw .noData(path: layout.path) }
    guard let opener = openers.opener(of: url) else {
      throw .unknownStore(scheme: url.scheme, known: openers.map(\.scheme))
    }
    let files = opener.files(url.location)
    try layout.check(files)
    do throws(StoreOpeningError) {
      let store = try await opener.open(url.location, mayMake: whenAbsent == .initialises)
      return (store, files.first ?? "the \(url.scheme) store")
    } catch {
      switch error {
      case .absent: throw .noData(path: layout.path)
      case .failed(let text): throw .store(text)
      }
    }
  }

  /// A store that has a master key never gets another: what the lost one wrapped would be lost.
  private static func masterKey(
    in layout: DataDirectoryLayout,
    _ isInitialised: Bool
  ) throws(DataDirectoryError) -> MasterKey {
    let file = layout.keyFile
    guard file.exists || !isInitialised else { throw .keyMissing(path: layout.path) }
    do throws(MasterKeyFileError) {
      return try isInitialised ? file.read() : file.readOrCreate(using: .system)
    } catch {
      throw .keyFile(error)
    }
  }

  private static func serverState(of store: any Store) async throws(DataDirectoryError) -> ServerState? {
    do throws(StoreError) {
      return try await store.serverState()
    } catch {
      throw .store(error.description)
    }
  }

  private static func initialise(
    _ store: any Store,
    _ key: MasterKey,
    actor: String
  ) async throws(DataDirectoryError) -> Bool {
    do throws(StoreError) {
      return try await Administration(store: store, masterKey: key, actor: actor).initialise()
    } catch {
      throw .store(error.description)
    }
  }
}
