import Synchronization

/// An answer that something has to be fetched or computed for first.
package struct PendingAnswer: Sendable {
  /// What an answer waits for at the moment.
  final class Progress: Sendable {
    fileprivate let awaited: Mutex<Awaited>

    fileprivate init(_ what: Awaited) {
      awaited = Mutex(what)
    }
  }

  private let progress: Progress
  private let finish: @Sendable (Progress) async -> EndpointResponse

  private init(_ progress: Progress, _ finish: @escaping @Sendable (Progress) async -> EndpointResponse) {
    self.progress = progress
    self.finish = finish
  }

  /// What `answer` returns, which waits for one thing.
  init(awaiting what: Awaited, _ answer: @escaping @Sendable () async -> EndpointResponse) {
    self.init(Progress(what)) { _ in await answer() }
  }

  /// What the endpoint says when it is asked again after the work, and as often as there is more of it.
  init(
    _ endpoint: any Endpoint,
    _ request: EndpointRequest,
    awaiting what: Awaited,
    _ work: @escaping @Sendable () async throws(OAuthError) -> Void
  ) {
    self.init(Progress(what)) { progress in
      await PendingAnswer.answer(of: endpoint, to: request, after: work, progress)
    }
  }

  /// What it waits for now.
  package var awaited: Awaited { progress.awaited.withLock { $0 } }

  /// The answer, once it is known; asked for once.
  package func callAsFunction() async -> EndpointResponse { await finish(progress) }

  /// The same, changed by this in the end.
  func map(_ change: @escaping @Sendable (EndpointResponse) -> EndpointResponse) -> PendingAnswer {
    PendingAnswer(progress) { [finish] progress in change(await finish(progress)) }
  }

  /// Bounded, because a request that needs one thing after another without end must not run for ever.
  private static func answer(
    of endpoint: any Endpoint,
    to request: EndpointRequest,
    after work: @Sendable () async throws(OAuthError) -> Void,
    _ progress: Progress
  ) async -> EndpointResponse {
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
          progress.awaited.withLock { $0 = what }
          work = more
        }
      }
    }
    return endpoint.response(
      for: .temporarilyUnavailable("the directory changed faster than it could be read")
    )
  }
}
