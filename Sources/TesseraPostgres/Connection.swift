import CLibPQ
import TesseraCore
import TesseraSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One session with PostgreSQL, for one thread at a time.
///
/// No call waits longer than its limit, also when the network swallows everything.
final class Connection {
  let handle: OpaquePointer
  let limits: Limits
  private let clock: MonotonicClock
  /// The names of the statements that this session has prepared, by their text.
  private var prepared: [String: String] = [:]
  /// What the server refused last.
  fileprivate var refusal: SQLState?
  /// Whether it cannot be used any more.
  private(set) var isBroken = false

  /// Takes over a session that is open.
  init(handle: OpaquePointer, limits: Limits, clock: MonotonicClock) {
    self.handle = handle
    self.limits = limits
    self.clock = clock
    // What is sent must not block either.
    isBroken = PQsetnonblocking(handle, 1) != 0
  }

  deinit { PQfinish(handle) }

  /// Runs a statement.
  @discardableResult
  func run(_ statement: Statement) throws(StoreError) -> Rows {
    let parameters = try ParameterBuffers(statement.parameters)
    let deadline = clock.milliseconds + limits.answer
    let name = try prepare(statement.text, by: deadline)
    let isSent = parameters.withPointers { count, values, lengths, formats in
      PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
    }
    return try results(ofSent: isSent, by: deadline)
  }

  /// Runs statements without parameters, and returns what the last has returned.
  ///
  /// All or none, unless they begin or end a transaction.
  @discardableResult
  func runSimple(_ text: String, within limit: Int64? = nil) throws(StoreError) -> Rows {
    try results(ofSent: PQsendQuery(handle, text), by: clock.milliseconds + (limit ?? limits.answer))
  }

  private func prepare(_ text: String, by deadline: Int64) throws(StoreError) -> String {
    if let name = prepared[text] { return name }
    let name = "s\(prepared.count)"
    try results(ofSent: PQsendPrepare(handle, name, text, 0, nil), by: deadline)
    prepared[text] = name
    return name
  }

  @discardableResult
  private func results(ofSent isSent: Int32, by deadline: Int64) throws(StoreError) -> Rows {
    guard isSent == 1 else { throw lost() }
    var isFlushed = false
    while !isFlushed {
      switch PQflush(handle) {
      case 0: isFlushed = true
      case 1: if try wait(for: Int16(POLLIN | POLLOUT), by: deadline) & Int16(POLLIN) != 0 { try take() }
      default: throw lost()
      }
    }
    var last: Rows?
    var failure: StoreError?
    while true {
      while PQisBusy(handle) != 0 {
        _ = try wait(for: Int16(POLLIN), by: deadline)
        try take()
      }
      guard let result = PQgetResult(handle) else { break }
      let rows = Rows(result)
      if let error = error(of: result) { failure = failure ?? error } else { last = rows }
    }
    if PQstatus(handle) != CONNECTION_OK { throw lost() }
    if let failure { throw failure }
    guard let last else { throw lost() }
    return last
  }

  /// What the socket is ready for.
  private func wait(for events: Int16, by deadline: Int64) throws(StoreError) -> Int16 {
    var polled = pollfd(fd: PQsocket(handle), events: events, revents: 0)
    while true {
      let left = deadline - clock.milliseconds
      guard left > 0 else { break }
      let count = poll(&polled, 1, Int32(clamping: left))
      if count > 0 { return polled.revents }
      if count < 0, errno != EINTR { throw lost() }
    }
    // Its answer may come later, and would be taken for that of the next statement.
    isBroken = true
    throw .unavailable("PostgreSQL did not answer in time")
  }

  private func take() throws(StoreError) {
    guard PQconsumeInput(handle) == 1 else { throw lost() }
  }

  private func lost() -> StoreError {
    isBroken = true
    return .unavailable("The connection to PostgreSQL was lost")
  }

  private func error(of result: OpaquePointer) -> StoreError? {
    let status = PQresultStatus(result)
    guard status != PGRES_TUPLES_OK, status != PGRES_COMMAND_OK else { return nil }
    guard let code = tessera_sqlstate(result).map({ SQLState(String(cString: $0)) }) else { return lost() }
    refusal = code
    isBroken = isBroken || code.endsSession
    return .unavailable(code.text)
  }
}

extension Connection {
  /// What the error of a statement tells whoever opens a store.
  func kind(of error: StoreError) -> ConnectionProblem.Kind {
    refusal?.mayPass ?? isBroken ? .interrupted(error.description) : .other(error.description)
  }

  /// Whether a transaction has begun and not ended.
  var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

  /// Takes in what has come by itself, and says whether the session is still there.
  func isAlive() -> Bool {
    guard !isBroken else { return false }
    var polled = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
    // The reason comes first, and then the end.
    while poll(&polled, 1, 0) != 0 {
      guard PQconsumeInput(handle) == 1, PQstatus(handle) == CONNECTION_OK else { return false }
    }
    return true
  }

  /// Takes the notifications that have come; false when there are none.
  func takeNotifications() -> Bool {
    var isNotified = false
    while let notification = PQnotifies(handle) {
      PQfreemem(notification)
      isNotified = true
    }
    return isNotified
  }
}
