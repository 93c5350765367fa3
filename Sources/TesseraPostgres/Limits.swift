/// How long is waited for PostgreSQL, in milliseconds, and how many connections there are.
struct Limits: Sendable {
  /// For a connection: the least that libpq knows is 2 seconds.
  var connecting: Int64 = 5_000
  /// For the answer to a statement, by the server and on this side, which notices a network that swallows everything.
  var answer: Int64 = 5_000
  /// For a connection that is free.
  var turn: Int64 = 5_000
  /// For migrations.
  var migrating: Int64 = 600_000
  /// The connections that read; one more writes and one listens.
  var readers = 4
}
