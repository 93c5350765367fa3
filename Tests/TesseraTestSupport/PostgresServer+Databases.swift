import CLibPQ
import Foundation
import Synchronization

extension PostgresServer {
  /// What PostgreSQL refused.
  package struct Refused: Error, CustomStringConvertible {
    package let description: String
  }

  private static let count = Atomic(0)

  /// Makes a database, empty or like another one, to which nobody may be connected; returns its name.
  package func makeDatabase(likeThat template: String = "template1", options: String = "") async throws
    -> String
  {
    let name = "t\(PostgresServer.count.wrappingAdd(1, ordering: .relaxed).newValue)"
    try await run("CREATE DATABASE \(name) TEMPLATE \(template) \(await strategy) \(options)")
    return name
  }

  /// What copies a database fastest where nothing waits for the disk.
  private var strategy: String {
    get async throws {
      let version = try await run("SHOW server_version_num").flatMap { Int($0) }
      return version.map { $0 < 150_000 } ?? true ? "" : "STRATEGY file_copy"
    }
  }

  /// Removes a database, and ends what is connected to it.
  package func removeDatabase(_ name: String) async throws {
    try await run("DROP DATABASE \(name) WITH (FORCE)")
  }

  /// Gives `body` a database, which is removed afterwards.
  package func withDatabase<Value>(
    likeThat template: String = "template1",
    options: String = "",
    _ body: (_ name: String) async throws -> Value
  ) async throws -> Value {
    let name = try await makeDatabase(likeThat: template, options: options)
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(name))
    } catch {
      result = .failure(error)
    }
    try await removeDatabase(name)
    return try result.get()
  }

  /// Runs statements on a connection of their own, and returns the first text of the last.
  @discardableResult
  package func run(_ statements: String, in database: String = "postgres") async throws -> String? {
    let url = url(database, "&application_name=test")
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try PostgresServer.run(statements, at: url) })
      }
    }
  }

  private static func run(_ statements: String, at url: String) throws -> String? {
    let connection = PQconnectdb(url)
    defer { PQfinish(connection) }
    PQsetNoticeProcessor(connection, { _, _ in }, nil)
    let result = PQexec(connection, statements)
    defer { PQclear(result) }
    guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
      throw Refused(description: "\(statements): \(String(cString: PQerrorMessage(connection)))")
    }
    return PQntuples(result) == 0 ? nil : String(cString: PQgetvalue(result, 0, 0))
  }
}
