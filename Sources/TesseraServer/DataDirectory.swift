package import TesseraCore
import TesseraJOSE
package import TesseraSQLite

/// The folder that a server keeps its data in, opened: the embedded store and the master key.
package struct DataDirectory: Sendable {
  /// What happens when there is no data yet.
  package enum Absence: Sendable {
    /// The folder, the store and the master key are made.
    case initialises
    /// It is an error.
    case fails
  }

  /// Where it is.
  package let path: String
  /// The embedded store, initialised.
  package let store: SQLiteStore
  /// The master key of this store.
  package let masterKey: MasterKey
  /// Whether it was empty before and got its first content now, from this process.
  package let isNew: Bool

  /// Opens the folder.
  ///
  /// `configuredKey` is the master key from the configuration; without it the file `master.key` in the folder
  /// holds it. `actor` is who initialises the store, for the audit log.
  package static func open(
    _ path: String,
    configuredKey: MasterKey? = nil,
    whenAbsent: Absence,
    actor: String
  ) async throws(DataDirectoryError) -> DataDirectory {
    let layout = DataDirectoryLayout(path: path)
    switch whenAbsent {
    case .initialises: try layout.makeFolder()
    case .fails: guard try layout.hasStore else { throw .noData(path: path) }
    }
    try layout.check()
    let store = try await opened(layout)
    do throws(DataDirectoryError) {
      let isInitialised = try await serverState(of: store) != nil
      guard isInitialised || whenAbsent == .initialises else { throw .noData(path: path) }
      let key: MasterKey
      if let configuredKey { key = configuredKey } else { key = try masterKey(in: layout, isInitialised) }
      let isNew = isInitialised ? false : try await initialise(store, key, actor: actor)
      // Also after initialising, because another process may have been faster.
      guard try await serverState(of: store)?.masterKeyCheck == key.checkValue else {
        throw configuredKey == nil ? .foreignKeyFile(path: path) : .foreignConfiguredKey(path: path)
      }
      return DataDirectory(path: path, store: store, masterKey: key, isNew: isNew)
    } catch {
      await store.close()
      throw error
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

  private static func opened(_ layout: DataDirectoryLayout) async throws(DataDirectoryError) -> SQLiteStore {
    do throws(SQLiteStoreError) {
      return try await SQLiteStore.open(path: layout.storePath)
    } catch {
      throw .store(error.description)
    }
  }

  private static func serverState(of store: SQLiteStore) async throws(DataDirectoryError) -> ServerState? {
    do throws(StoreError) {
      return try await store.serverState()
    } catch {
      throw .store(error.description)
    }
  }

  private static func initialise(
    _ store: SQLiteStore,
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
