import Synchronization

/// An answer that something has to be fetched or computed for first.
package final class PendingAnswer: Sendable {
  private let endpoint: any Endpoint
  private let request: EndpointRequest
  private let work: @Sendable () async throws(OAuthError) -> Void
  private let current: Mutex<Awaited>

  init(
    _ endpoint: any Endpoint,
    _ request: EndpointRequest,
    awaiting what: Awaited,
    _ work: @escaping @Sendable () async throws(OAuthError) -> Void
  ) {
    self.endpoint = endpoint
    self.request = request
    self.work = work
    current = Mutex(what)
  }

  /// What it waits for now.
  package var awaited: Awaited { current.withLock { $0 } }

  /// The answer, once it is known; asked for once.
  ///
  /// Bounded, because a request that needs one thing after another without end must not run for ever.
  package func callAsFunction() async -> EndpointResponse {
    var work = work
    for _ in 0..<8 {
      do throws(OAuthError) {
        try await work()
      } catch {
        return endpoint.response(for: error)
      }
      do throws(Interruption) {
        return try endpoint.respond(to: request)
      } catch {
        switch error {
        case .refused(let refusal): return endpoint.response(for: refusal)
        case .awaiting(let what, let more):
          current.withLock { $0 = what }
          work = more
        }
      }
    }
    return endpoint.response(
      for: .temporarilyUnavailable("the directory changed faster than it could be read")
    )
  }
}
