package import Testing

/// The token endpoint that the requests of a test go to.
package enum Door: String, Sendable, CaseIterable {
  /// The documented contract.
  case seed = "/oauth/token"
  /// RFC 6749.
  case standard = "/oauth2/token"

  /// The one in use.
  @TaskLocal package static var current = Door.seed

  /// What separates scopes there.
  package var scopeSeparator: String { self == .seed ? "," : " " }
}

/// Runs each test once for every door.
package struct EveryDoor: SuiteTrait, TestTrait, TestScoping {
  package let isRecursive = true

  package func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    for door in Door.allCases {
      try await Door.$current.withValue(door) { try await function() }
    }
  }
}

extension Trait where Self == EveryDoor {
  /// What holds at both token endpoints.
  package static var everyDoor: EveryDoor { EveryDoor() }
}
