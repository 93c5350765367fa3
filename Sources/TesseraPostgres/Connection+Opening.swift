import CLibPQ
import TesseraCore
import TesseraSupport

extension Connection {
  /// Opens a session, and refuses one that a store cannot work on.
  ///
  /// Blocks.
  static func open(
    _ url: ConnectionURL,
    limits: Limits,
    clock: MonotonicClock
  ) throws(ConnectionProblem) -> Connection {
    let connection = Connection(handle: try connect(url), limits: limits, clock: clock)
    let unfit: ConnectionProblem.Kind?
    do throws(StoreError) {
      unfit = try connection.setUp(limits)
    } catch {
      unfit = connection.kind(of: error)
    }
    if let unfit { throw ConnectionProblem(unfit, at: url.place) }
    return connection
  }

  private static func connect(_ url: ConnectionURL) throws(ConnectionProblem) -> OpaquePointer {
    var parameters = url.parameters
    if let read = url.passwordFile {
      switch read() {
      case .success(let password): parameters.append(("password", password))
      case .failure(let error): throw ConnectionProblem(.passwordFile(error), at: url.place)
      }
    }
    let texts = parameters.flatMap { [$0.name, $0.value] }.map { Array($0.utf8CString) }
    let handle = withPointers(to: texts) { pointers in
      let names = stride(from: 0, to: pointers.count, by: 2).map { pointers[$0] } + [nil]
      let values = stride(from: 1, to: pointers.count, by: 2).map { pointers[$0] } + [nil]
      return PQconnectdbParams(names, values, 0)
    }
    guard let handle else {
      throw ConnectionProblem(.other("there is no memory for a connection"), at: url.place)
    }
    guard PQstatus(handle) == CONNECTION_OK else {
      defer { PQfinish(handle) }
      // Of the password file too.
      let password = PQpass(handle).map { String(cString: $0) }
      let needsPassword = PQconnectionNeedsPassword(handle) != 0
      let message = String(cString: PQerrorMessage(handle))
      let kind: ConnectionProblem.Kind =
        needsPassword ? .noPassword : ConnectionProblem.Kind(message: message, password: password)
      throw ConnectionProblem(kind, at: url.place)
    }
    // Warnings would go to standard error.
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    return handle
  }

  /// Calls `body` with a pointer to each text.
  private static func withPointers<Result>(
    to texts: [[CChar]],
    _ body: ([UnsafePointer<CChar>?]) -> Result
  ) -> Result {
    let all = texts.flatMap { $0 }
    return all.withUnsafeBufferPointer { buffer in
      var start = 0
      return body(
        texts.map { text in
          defer { start += text.count }
          return buffer.baseAddress?.advanced(by: start)
        }
      )
    }
  }

  /// Sets the session's limits; what makes the server unfit, if anything.
  ///
  /// Not by parameters of the connection, which a pooler would refuse in words of its own. A commit that is asked to
  /// wait for more than the disk keeps doing so.
  private func setUp(_ limits: Limits) throws(StoreError) -> ConnectionProblem.Kind? {
    let version = Int(PQserverVersion(handle))
    guard version >= 140_000 else { return .tooOld(String(version / 10_000)) }
    // Whoever stands between gives numbers of its own. Asked before anything is prepared or set on a session that is lent.
    let rows = try runSimple("SELECT pg_backend_pid()")
    let process = withExtendedLifetime(rows) { String(cString: PQgetvalue(rows.result, 0, 0)) }
    guard process == String(PQbackendPID(handle)) else { return .pooler }
    try runSimple(
      """
      SET statement_timeout = \(limits.answer);
      SET lock_timeout = \(limits.answer);
      SET idle_in_transaction_session_timeout = \(2 * limits.answer);
      SET default_transaction_isolation = 'read committed';
      SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')
      """
    )
    let facts = try run(
      """
      SELECT current_setting('server_encoding') AS encoding,
        current_setting('transaction_read_only')::boolean AS read_only, current_schema() IS NULL AS schemaless
      """
    )
    guard let facts = facts.first else { throw .unreadable("nothing about itself") }
    let encoding: String = try facts.value("encoding")
    guard encoding == "UTF8" else { return .wrongEncoding(encoding) }
    guard try !facts.value("read_only") else { return .readOnly }
    return try facts.value("schemaless") ? .noSchema : nil
  }
}
