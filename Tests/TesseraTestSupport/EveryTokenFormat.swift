package import TesseraCore
package import Testing

extension TokenFormat {
  /// That of the clients that a test makes.
  @TaskLocal package static var current = TokenFormat.opaque
}

/// Runs each test once for every token format.
package struct EveryTokenFormat: SuiteTrait, TestTrait, TestScoping {
  package let isRecursive = true

  package func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    for format in TokenFormat.allCases {
      try await TokenFormat.$current.withValue(format) { try await function() }
    }
  }
}

extension Trait where Self == EveryTokenFormat {
  /// What holds whatever the format of tokens.
  package static var everyTokenFormat: EveryTokenFormat { EveryTokenFormat() }
}
