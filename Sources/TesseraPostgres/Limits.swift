/// How long is waited for PostgreSQL, in milliseconds, and how many connections there are.
package struct Limits: Sendable {
  /// For a connection: the least that libpq knows is 2 seconds.
  package var connecting: Int64 = 5_000
  /// For the answer to a statement, by the server and on this side, which notices a network that swallows everything.
  package var answer: Int64 = 5_000
  /// For a connection that is free.
  package var turn: Int64 = 5_000
  /// For migrations.
  package var migrating: Int64 = 600_000
  /// The connections that read; one more writes and one listens.
  package var readers = 4

  package init() {}
}
