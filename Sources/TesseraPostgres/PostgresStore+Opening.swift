import Dispatch
package import TesseraCore
package import TesseraJOSE
package import TesseraSupport

extension PostgresStore {
  /// Open the database that a URL names as libpq takes it.
  package static let openers = ["postgres", "postgresql"].map { scheme in
    StoreOpener(
      scheme: scheme,
      shown: { try? ConnectionURL("\(scheme):\($0)", limits: Limits()).shown },
      mover: mover(scheme: scheme),
      open: { location, mayMake throws(StoreOpeningError) in
        try await open("\(scheme):\(location)", mayMake: mayMake)
      }
    )
  }

  /// Opens the database of this URL.
  ///
  /// Makes the tables where there are none if it may, and brings older ones up to date.
  package static func open(
    _ url: String,
    mayMake: Bool = true,
    limits: Limits = Limits(),
    clock: MonotonicClock = .system,
    random: RandomSource = .system
  ) async throws(StoreOpeningError) -> PostgresStore {
    let connector: Connector
    do throws(ConnectionProblem) {
      connector = Connector(
        try ConnectionURL(url, limits: limits),
        limits: limits,
        clock: clock,
        random: random
      )
    } catch {
      throw .failed(error.description)
    }
    let failure: StoreOpeningError? = await withCheckedContinuation { continuation in
      // Opening blocks, so it has a thread of its own.
      DispatchQueue(label: "tessera.postgres.opening").async {
        continuation.resume(returning: prepare(connector, mayMake: mayMake))
      }
    }
    if let failure { throw failure }
    return PostgresStore(connector)
  }

  /// Brings the schema up to date; why that cannot be done, if so.
  private static func prepare(_ connector: Connector, mayMake: Bool) -> StoreOpeningError? {
    func text(_ kind: ConnectionProblem.Kind) -> String {
      ConnectionProblem(kind, at: connector.url.place).description
    }
    let connection: Connection
    do throws(ConnectionProblem) {
      connection = try connector.connect()
    } catch {
      return .failed(error.description)
    }
    do throws(StoreError) {
      switch try Migrations.run(on: connection, mayMake: mayMake, limits: connector.limits) {
      case .ready: return nil
      case .absent: return .absent
      case .unfit(let kind): return .failed(text(kind))
      }
    } catch {
      return .failed(text(.other(error.description)))
    }
  }
}
