import TesseraCore

extension StoreError {
  /// The store was closed.
  static let closed = StoreError.unavailable("The store is closed")
}
