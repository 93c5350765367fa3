import TesseraCore

/// Why a data directory could not be opened: one line that says what to do.
package enum DataDirectoryError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no data, and it was not asked to make any.
  case noData(path: String)
  /// The folder cannot be used.
  case folder(path: String, reason: SystemError)
  /// Others than its owner can get at it or at something in it.
  case unsafe(UnsafeFile)
  /// The store has a master key, which is not there.
  case keyMissing(path: String)
  /// No kind of store has this scheme.
  case unknownStore(scheme: String, known: [String])
  /// The master key in the folder is not that of the store.
  case foreignKeyFile(path: String, store: String)
  /// The configured master key is not that of the store.
  case foreignConfiguredKey(store: String)
  /// The master key file cannot be used.
  case keyFile(MasterKeyFileError)
  /// The store cannot be used, in its own words.
  case store(String)
  /// The store cannot be reached now, in its own words.
  case unreachable(String)

  package var description: String {
    switch self {
    case .noData(let path):
      "no data at \(path.printable); 'tessera init' makes it there, or name another folder with --data"
    case .folder(let path, let reason): "cannot use the data directory \(path.printable): \(reason)"
    case .unsafe(let file): file.description
    case .keyMissing(let path):
      "the master key \(path.printable)/master.key is missing; restore it from a backup, or set "
        + "TESSERA_MASTER_KEY_FILE to where it is (a new key could not read this data)"
    case .unknownStore(let scheme, let known):
      "there is no kind of store '\(scheme.printable)', but \(known.joined(separator: ", "))"
    case .foreignKeyFile(let path, let store):
      "\(path.printable)/master.key is not the master key of \(store.printable); restore the "
        + "two that belong together"
    case .foreignConfiguredKey(let store):
      "the configured master key is not that of \(store.printable); correct "
        + "TESSERA_MASTER_KEY or TESSERA_MASTER_KEY_FILE, or --data"
    case .keyFile(let error): error.description
    case .store(let text), .unreachable(let text): text.printable
    }
  }
}
