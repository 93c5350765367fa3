package import TesseraCore
import Testing

/// One rule that every store keeps, with its negative twin.
package struct StoreRule: Sendable, CustomTestStringConvertible {
  /// The rule in words.
  package let name: String
  private let body: @Sendable (any Store) async throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (any Store) async throws -> Void) {
    self.name = name
    self.body = body
  }

  /// Checks the rule on a store that is empty and that nothing else uses.
  ///
  /// Records an issue in the running test where the store breaks it; throws what the store throws
  /// unexpectedly.
  package func check(_ store: any Store) async throws {
    try await body(store)
  }

  package var testDescription: String { name }
}
