import TesseraCore

/// The case of a `StoreError`: the texts are a store's own.
enum StoreErrorKind: Sendable {
  case notFound
  case conflict
  case invalid
  case unavailable

  init(_ error: StoreError) {
    self =
      switch error {
      case .notFound: .notFound
      case .conflict: .conflict
      case .invalid: .invalid
      case .unavailable: .unavailable
      }
  }
}

/// The kind of error that a call throws; nil when it succeeds.
///
/// Anything but a `StoreError` is thrown on.
func failure(of call: () async throws -> Void) async throws -> StoreErrorKind? {
  do {
    try await call()
    return nil
  } catch let error as StoreError {
    return StoreErrorKind(error)
  }
}
