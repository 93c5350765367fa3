/// Why a file is not a backup that can be restored, or why none could be made.
package enum BackupError: Error, Sendable, Equatable {
  /// It is something else.
  case foreign
  /// It was made by a version of Tessera, named where that is known, that keeps what this one does not know or not yet.
  case otherVersion(String?)
  /// It is cut off, or something in it was altered.
  case damaged
  /// It cannot be read or written, for this reason.
  case unusable(String)
  /// The store failed.
  case store(StoreError)
}
