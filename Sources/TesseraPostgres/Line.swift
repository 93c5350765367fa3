import Dispatch
import TesseraCore

/// A place for one connection, with a thread of its own: opened when it is needed, and anew when it was lost.
///
/// Unchecked, because the compiler does not see that the connection is used on that thread only.
final class Line: @unchecked Sendable {
  private let queue: DispatchQueue
  private let connector: Connector
  private var current: Connection?

  init(_ name: String, _ connector: Connector) {
    queue = DispatchQueue(label: "tessera.postgres.\(name)")
    self.connector = connector
  }

  /// Runs this on the thread, after what it was given before.
  func async(_ body: @escaping @Sendable () -> Void) {
    queue.async(execute: body)
  }

  /// The connection, for the thread only.
  func connection() throws(StoreError) -> Connection {
    dispatchPrecondition(condition: .onQueue(queue))
    if let current, current.isAlive() { return current }
    current = nil
    do throws(ConnectionProblem) {
      let new = try connector.connect()
      current = new
      return new
    } catch {
      throw .unavailable(error.description)
    }
  }

  /// Gives the connection back at once, with what was begun on it; for the thread only.
  func reset() {
    dispatchPrecondition(condition: .onQueue(queue))
    current = nil
  }

  /// Gives the connection back after what is under way.
  func close() async {
    await withCheckedContinuation { continuation in
      queue.async {
        self.current = nil
        continuation.resume()
      }
    }
  }
}
