import GRDB

/// Queries whose interpolated values become arguments, never part of the SQL text.
extension Database {
  /// All rows of a query.
  func rows(_ query: SQL) throws -> [Row] {
    try Row.fetchAll(self, SQLRequest(literal: query))
  }

  /// The first row of a query; nil when there is none.
  func row(_ query: SQL) throws -> Row? {
    try Row.fetchOne(self, SQLRequest(literal: query))
  }
}
