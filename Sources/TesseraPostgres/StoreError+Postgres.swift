import TesseraCore

extension StoreError {
  /// A row that no version of Tessera writes: it was damaged or altered by hand.
  static func unreadable(_ what: String) -> StoreError {
    .unavailable("The database holds \(what) that cannot be read. Restore it from a backup.")
  }

  /// The store was closed.
  static let closed = StoreError.unavailable("The store is closed")
}
