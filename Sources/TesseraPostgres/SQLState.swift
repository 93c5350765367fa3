/// PostgreSQL's code of an error.
///
/// Its messages are not shown: they are in the server's language and can have values in them.
struct SQLState: Sendable, Equatable {
  let code: String

  init(_ code: String) {
    self.code = code
  }

  /// Whether the session cannot go on: it is ended by the server, on a server that was a primary, or its prepared
  /// statements do not fit the tables any more.
  var endsSession: Bool {
    ["08", "57P"].contains(where: code.hasPrefix)
      || ["25006", "25P03", "0A000", "26000", "42P05"].contains(code)
  }

  /// Whether it may be otherwise in a moment with nobody changing anything: the server starts, stops, fails over or has
  /// much to do.
  var mayPass: Bool {
    ["08", "40", "57P"].contains(where: code.hasPrefix)
      || ["25006", "25P03", "53300", "55P03", "57014"].contains(code)
  }

  /// In the words of an operator.
  var text: String {
    switch code {
    case "25006": "PostgreSQL is read-only: a standby, or a database that was made so"
    case "42501": "PostgreSQL refuses it: the user of the store lacks rights on its tables"
    case "42P01", "42703": "PostgreSQL has not the tables of the store that this version needs"
    case "53100": "The disk of PostgreSQL is full"
    case "53200": "PostgreSQL is out of memory"
    case "53300": "PostgreSQL has no connection left: raise max_connections or lower the number of nodes"
    case "55P03": "PostgreSQL did not give a lock in time: another transaction keeps it"
    case "57014": "PostgreSQL took longer for a statement than it may"
    case "57P01", "57P02", "57P03": "PostgreSQL shuts down or starts"
    case "25P03": "PostgreSQL ended a transaction in which nothing was done for too long"
    case "58030": "PostgreSQL cannot read or write its files"
    case "XX001", "XX002": "The database is damaged. Restore it from a backup."
    default: "PostgreSQL refused a statement with SQLSTATE \(code)"
    }
  }
}
