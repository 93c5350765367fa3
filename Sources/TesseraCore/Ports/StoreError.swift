/// Why a store could not do what it was asked.
///
/// The texts are for operators, never for the wire.
package enum StoreError: Error, Sendable, Equatable {
  /// Nothing has this identifier or name.
  case notFound(String)
  /// The change would break a rule that the store keeps, such as a unique name.
  case conflict(String)
  /// The change was refused by the operation that asked for it.
  case invalid(String)
  /// The store cannot answer now; the same call may succeed later.
  case unavailable(String)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound(let text), .conflict(let text), .invalid(let text), .unavailable(let text): text
    }
  }
}
