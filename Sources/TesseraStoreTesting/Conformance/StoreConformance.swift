package import TesseraCore
import Testing

/// What every store must do.
///
/// A test runs the rules one by one, each on a new store, which a rule may open more than once:
///
/// ```swift
/// @Test(arguments: StoreConformance.rules) func keeps(_ rule: StoreRule) async throws {
///   let url = anEmptyDatabase()
///   try await rule.check { try await MyStore.open(url) }
/// }
/// ```
package enum StoreConformance {
  /// All rules.
  package static let rules =
    clientRules + clientChangeRules + clientDeletionRules + clientListRules + nameRules + secretRules
    + scopeRules + resourceRules + keyRules + tokenRevocationRules + revocationRules + revocationLimitRules
    + forgettingRules + clientNotBeforeRules + claimRules + auditRules + auditChainRules + changeRules
    + serverStateRules
    + transactionRules + changeSetRules + concurrencyRules + useRules + secretUseRules + usageRules
    + turnRules + taskRecordRules + expiringCredentialRules + twoHandleRules
}

/// One rule that every store keeps, with its negative twin.
package struct StoreRule: Sendable, CustomTestStringConvertible {
  /// Opens a store.
  ///
  /// Called again, it opens the same one once more, as another process would.
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

/// The case of a `StoreError`: the texts are a store's own.
enum StoreErrorKind: Sendable {
  case notFound
  case conflict
  case versionMismatch
  case invalid
  case unavailable

  init(_ error: StoreError) {
    self =
      switch error {
      case .notFound: .notFound
      case .conflict: .conflict
      case .versionMismatch: .versionMismatch
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

/// Runs a function this many times at once, each with its index, and returns the results in no order.
func concurrently<Value: Sendable>(
  _ count: Int,
  _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
  try await withThrowingTaskGroup(of: Value.self) { group in
    for index in 0..<count {
      group.addTask { try await body(index) }
    }
    var values: [Value] = []
    for try await value in group { values.append(value) }
    return values
  }
}
