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
  /// The master key of this store, and where a new one comes from.
  package let masterKeys: MasterKeys
  /// Whether the store is not a file but elsewhere, where it may be unreachable for a while.
  package let isStoreElsewhere: Bool
  /// Whether it was empty before and got its first content now, from this process.
  package let isNew: Bool

  /// Opens the folder.
  ///
  /// `url` is where the store is, and `password` what reads its password; without it, it is in the folder. `configuredKey`
  /// is the master key from the configuration, and `configuredKeyFile` the file that it is from; without it the file
  /// `master.key` in the folder holds it. `actor` is who initialises the store, for the audit log.
  package static func open(
    _ path: String,
    store url: StoreURL? = nil,
    password: StorePassword? = nil,
    openers: [StoreOpener] = .all,
    configuredKey: MasterKey? = nil,
    configuredKeyFile: MasterKeyFile? = nil,
    whenAbsent: Absence,
    actor: String
  ) async throws(DataDirectoryError) -> DataDirectory {
    let layout = DataDirectoryLayout(path: path)
    switch whenAbsent {
    case .initialises: try layout.makeFolder()
    case .fails: guard try layout.exists else { throw .noData(path: path) }
    }
    guard let url = url ?? openers.embeddedStore(in: path) else { throw .noData(path: path) }
    guard let opener = openers.opener(of: url) else {
      throw .unknownStore(scheme: url.scheme, known: openers.map(\.scheme))
    }
    let files = opener.files(url.location)
    try layout.check(files)
    let store = try await openStore(url, password, by: opener, in: layout, whenAbsent)
    let (name, isElsewhere) = (files.first ?? "the \(url.scheme) store", opener.fileName == nil)
    do throws(DataDirectoryError) {
      let isInitialised = try await serverState(of: store, isElsewhere) != nil
      guard isInitialised || whenAbsent == .initialises else { throw .noData(path: path) }
      let key: MasterKey
      if let configuredKey { key = configuredKey } else { key = try masterKey(in: layout, isInitialised) }
      let isNew = isInitialised ? false : try await initialise(store, key, actor: actor)
      let masterKeys = MasterKeys(key, rereadIn: configuredKey == nil ? layout.keyFile : configuredKeyFile)
      // Also after initialising, because another process may have been faster.
      guard let state = try await serverState(of: store, isElsewhere), masterKeys.key(of: state) != nil else {
        throw configuredKey == nil
          ? .foreignKeyFile(path: path, store: name) : .foreignConfiguredKey(store: name)
      }
      return DataDirectory(
        path: path,
        store: store,
        masterKeys: masterKeys,
        isStoreElsewhere: isElsewhere,
        isNew: isNew
      )
    } catch {
      await store.close()
      throw error
    }
  }

  /// The master key that a store which cannot be reached yet must have: the configured one, or that of the folder.
  static func masterKeys(of configuration: ServerConfiguration) throws(DataDirectoryError) -> MasterKeys {
    let key: MasterKey
    if let configured = configuration.masterKey {
      key = configured
    } else {
      key = try masterKey(in: DataDirectoryLayout(path: configuration.dataDirectory), true)
    }
    return MasterKeys(key, rereadIn: configuration.masterKeyPlace)
  }

  private static func openStore(
    _ url: StoreURL,
    _ password: StorePassword?,
    by opener: StoreOpener,
    in layout: DataDirectoryLayout,
    _ whenAbsent: Absence
  ) async throws(DataDirectoryError) -> any Store {
    do throws(StoreOpeningError) {
      return try await opener.open(url.location, password: password, mayMake: whenAbsent == .initialises)
    } catch {
      switch error {
      case .absent: throw .noData(path: layout.path)
      case .failed(let text): throw .store(text)
      case .unreachable(let text): throw .unreachable(text)
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

  private static func serverState(
    of store: any Store,
    _ isElsewhere: Bool
  ) async throws(DataDirectoryError) -> ServerState? {
    do throws(StoreError) {
      return try await store.serverState()
    } catch {
      throw isElsewhere ? .unreachable(error.description) : .store(error.description)
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

  /// The same, with another store in its place, such as one that is measured.
  func with(_ store: any Store) -> DataDirectory {
    DataDirectory(
      path: path,
      store: store,
      masterKeys: masterKeys,
      isStoreElsewhere: isStoreElsewhere,
      isNew: isNew
    )
  }

  /// Opens that of a configuration.
  package static func open(
    of configuration: ServerConfiguration,
    openers: [StoreOpener] = .all,
    whenAbsent: Absence,
    actor: String
  ) async throws(DataDirectoryError) -> DataDirectory {
    try await open(
      configuration.dataDirectory,
      store: configuration.store,
      password: configuration.storePassword,
      openers: openers,
      configuredKey: configuration.masterKey,
      configuredKeyFile: configuration.masterKeyPlace,
      whenAbsent: whenAbsent,
      actor: actor
    )
  }
}

extension DataDirectory {
  /// The master key of this store.
  package var masterKey: MasterKey { masterKeys.current }
}

extension MasterKeys {
  /// A key that is looked for in this file when it is not the one of the store any more.
  fileprivate convenience init(_ key: MasterKey, rereadIn file: MasterKeyFile?) {
    self.init(key) { state in file?.key(of: state) }
  }
}
