import CLibPQ
import Foundation
import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

@testable import TesseraPostgres

/// A database of one test.
struct TestDatabase: Sendable {
  let server: PostgresServer
  let name: String

  var url: String { server.url(name) }

  /// Runs statements as its owner on a connection of their own, and returns the first text of the last.
  @discardableResult
  func run(_ text: String) async throws -> String? {
    try await server.run(text, in: name)
  }

  /// Opens a store in it.
  func store(
    limits change: (inout Limits) -> Void = { _ in }
  ) async throws -> PostgresStore {
    var limits = Limits.forTests
    change(&limits)
    return try await PostgresStore.open(url, limits: limits)
  }

  /// What opens connections to it.
  func connector(_ limits: Limits = Limits()) throws -> Connector {
    Connector(try ConnectionURL(url, limits: limits), limits: limits, clock: .system, random: .system)
  }

  /// The processes of the stores that are connected to it, the newest last.
  func processes() async throws -> [Int32] {
    let text = try await run(
      """
      SELECT string_agg(pid::text, ' ' ORDER BY backend_start) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'tessera'
      """
    )
    return (text ?? "").split(separator: " ").compactMap { Int32($0) }
  }
}

/// A connection of a test, apart from those of the stores.
struct Session: Sendable {
  private let line: Line

  init(_ url: String) async throws {
    var limits = Limits()
    limits.answer = 120_000
    let connector = Connector(
      try ConnectionURL("\(url)&application_name=test", limits: limits),
      limits: limits,
      clock: .system,
      random: .system
    )
    line = Line("test", connector)
  }

  /// Runs statements and returns the first text of the last.
  @discardableResult
  func run(_ text: String) async throws -> String? {
    let line = line
    return try await withCheckedThrowingContinuation { continuation in
      line.async {
        continuation.resume(
          with: Result {
            let rows = try line.connection().runSimple(text)
            return rows.count == 0 ? nil : String(cString: PQgetvalue(rows.result, 0, 0))
          }
        )
      }
    }
  }
}

/// Gives `body` an empty database, which is removed afterwards.
func withDatabase<Value>(
  likeThat template: String = "template1",
  options: String = "",
  _ body: (TestDatabase) async throws -> Value
) async throws -> Value {
  let server = try await PostgresServer.shared
  return try await server.withDatabase(likeThat: template, options: options) { name in
    try await body(TestDatabase(server: server, name: name))
  }
}
