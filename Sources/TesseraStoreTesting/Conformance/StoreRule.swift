package import TesseraCore
import Testing

/// One rule that every store keeps, with its negative twin.
package struct StoreRule: Sendable, CustomTestStringConvertible {
  /// Opens a store. Called again, it opens the same one once more, as another process would.
  package typealias Opening = @Sendable () async throws -> any Store

  /// The rule in words.
  package let name: String
  private let body: @Sendable (Opening) async throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (any Store) async throws -> Void) {
    self.name = name
    self.body = { open in
      let store = try await open()
      try await StoreRule.closing(store) { try await body(store) }
    }
  }

  /// A rule about two processes that work on one store.
  init(_ name: String, ofTwo body: @escaping @Sendable (any Store, any Store) async throws -> Void) {
    self.name = name
    self.body = { open in
      let (first, second) = (try await open(), try await open())
      try await StoreRule.closing(first, second) { try await body(first, second) }
    }
  }

  /// Checks the rule on a store that is empty and that nothing else uses, and closes it.
  ///
  /// Records an issue in the running test where the store breaks it; throws what the store throws
  /// unexpectedly.
  package func check(opening open: Opening) async throws {
    try await body(open)
  }

  package var testDescription: String { name }

  private static func closing(_ stores: any Store..., body: () async throws -> Void) async throws {
    let result: Result<Void, any Error>
    do {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    for store in stores { await store.close() }
    try result.get()
  }
}
