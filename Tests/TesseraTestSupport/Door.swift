package import Testing

/// The token endpoint that the requests of a test go to.
package enum Door: String, Sendable, CaseIterable {
  /// The documented contract.
  case contract = "/oauth/token"
  /// RFC 6749.
  case standard = "/oauth2/token"

  /// The one in use.
  @TaskLocal package static var current = Door.contract

  /// What separates scopes there.
  package var scopeSeparator: String { self == .contract ? "," : " " }
}

/// Runs each test once for each of these doors.
package struct Doors: SuiteTrait, TestTrait, TestScoping {
  package let isRecursive = true
  let doors: [Door]

  package func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    for door in doors {
      try await Door.$current.withValue(door) { try await function() }
    }
  }
}

extension Trait where Self == Doors {
  /// What holds at both token endpoints.
  package static var everyDoor: Doors { Doors(doors: Door.allCases) }
  /// What holds at the one of RFC 6749.
  package static var standardDoor: Doors { Doors(doors: [.standard]) }
}
