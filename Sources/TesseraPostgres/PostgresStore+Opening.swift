import Dispatch
import Synchronization
package import TesseraCore
package import TesseraJOSE
package import TesseraSupport

extension PostgresStore {
  /// Open the database that a URL names as libpq takes it.
  package static let openers = ["postgres", "postgresql"].map { scheme in
    StoreOpener(
      scheme: scheme,
      shown: { try? ConnectionURL("\(scheme):\($0)", limits: Limits()).shown },
      openByPassword: { location, password, mayMake throws(StoreOpeningError) in
        try await open("\(scheme):\(location)", password: password, mayMake: mayMake)
      }
    )
  }

  /// Opens the database of this URL.
  ///
  /// Makes the tables where there are none if it may, and brings older ones up to date.
  package static func open(
    _ url: String,
    password: StorePassword? = nil,
    mayMake: Bool = true,
    limits: Limits = Limits(),
    clock: MonotonicClock = .system,
    random: RandomSource = .system
  ) async throws(StoreOpeningError) -> PostgresStore {
    let connector: Connector
    do throws(ConnectionProblem) {
      connector = Connector(
        try ConnectionURL(url, passwordFile: password, limits: limits),
        limits: limits,
        clock: clock,
        random: random
      )
    } catch {
      throw .failed(error.description)
    }
    let outcome = FirstOutcome()
    let failure: StoreOpeningError? = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        outcome.tell(continuation)
        // Opening blocks, so it has a thread of its own, which nobody waits for who is cancelled.
        DispatchQueue(label: "tessera.postgres.opening").async {
          outcome.end(prepare(connector, mayMake: mayMake))
        }
      }
    } onCancel: {
      outcome.end(.unreachable("The call was cancelled"))
    }
    if let failure { throw failure }
    return PostgresStore(connector)
  }

  /// Brings the schema up to date; why that cannot be done, if so.
  private static func prepare(_ connector: Connector, mayMake: Bool) -> StoreOpeningError? {
    func failure(_ kind: ConnectionProblem.Kind) -> StoreOpeningError {
      StoreOpeningError(ConnectionProblem(kind, at: connector.url.place))
    }
    let connection: Connection
    do throws(ConnectionProblem) {
      connection = try connector.connect()
    } catch {
      return StoreOpeningError(error)
    }
    do throws(StoreError) {
      switch try Migrations.run(on: connection, mayMake: mayMake, limits: connector.limits) {
      case .ready: return nil
      case .absent: return .absent
      case .unfit(let kind): return failure(kind)
      }
    } catch {
      return failure(connection.kind(of: error))
    }
  }
}

extension StoreOpeningError {
  fileprivate init(_ problem: ConnectionProblem) {
    self = problem.kind.mayPass ? .unreachable(problem.description) : .failed(problem.description)
  }
}

/// What ends first: the opening, or the patience of who waits for it.
private final class FirstOutcome: Sendable {
  private struct State {
    var waiter: CheckedContinuation<StoreOpeningError?, Never>?
    var outcome: StoreOpeningError??
  }

  private let state = Mutex(State())

  /// Tells the outcome, at once when it is known.
  func tell(_ waiter: CheckedContinuation<StoreOpeningError?, Never>) {
    let known = state.withLock { state in
      if state.outcome == nil { state.waiter = waiter }
      return state.outcome
    }
    if let known { waiter.resume(returning: known) }
  }

  func end(_ outcome: StoreOpeningError?) {
    let waiter = state.withLock { state in
      if state.outcome == nil { state.outcome = .some(outcome) }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: outcome)
  }
}
