import Dispatch
import Synchronization
import TesseraJOSE

/// Finds out by a slow hash whether a presented secret is a stretched or a foreign one.
///
/// scrypt takes a tenth of a second and 32 MiB, a foreign hash up to three quarters of a second and 64 MiB, which neither an event loop
/// nor the cooperative pool may be held up by, and which many at once would turn into an outage. So it runs one at a time on
/// a thread of its own, once for all who present the same secret at the same time, and few may wait for it.
final class SecretStretcher: Sendable {
  /// The question: does this secret match one of these digests?
  ///
  /// Equal questions share one answer.
  struct Question: Hashable {
    let clientID: ClientID
    let digest: SecretDigest
  }

  private struct State {
    var flights: [Question: Task<Bool, Never>] = [:]
    var waiting: [ArraySlice<UInt8>: Int] = [:]
  }

  /// The most that may wait: in all, and of one network and one source, so that neither can hold up the others.
  private static let maximumWaiting = 32
  private static let maximumWaitingPerNetwork = 16
  private static let maximumWaitingPerSource = 4

  private let queue = DispatchQueue(label: "tessera.secret-stretching")
  private let state = SharedLock(State())

  /// The answer that is being found, or a new search for it; nil when too many wait.
  ///
  /// `isNew` tells which.
  ///
  /// `candidates` are what the secret is compared with by `match`, the slow function, and `recognise` is told which one
  /// matched.
  func search(
    _ question: Question,
    source: SourceAddress,
    candidates: [StoredSecret],
    match: @escaping @Sendable (StoredSecret) -> SecretMatch?,
    recognise: @escaping @Sendable (SecretMatch) -> Void
  ) -> (answer: Task<Bool, Never>, isNew: Bool)? {
    state.withLock { state in
      if let flight = state.flights[question] { return (flight, false) }
      guard state.flights.count < SecretStretcher.maximumWaiting,
        state.waiting[source.widestNetwork, default: 0] < SecretStretcher.maximumWaitingPerNetwork,
        state.waiting[source.limitKey, default: 0] < SecretStretcher.maximumWaitingPerSource
      else { return nil }
      for network in SecretStretcher.networks(of: source) { state.waiting[network, default: 0] += 1 }
      let flight = Task {
        let found = await self.first(of: candidates, match)
        // First, so that whoever comes after the flight has ended finds it recognised.
        if let found { recognise(found) }
        self.finish(question, source)
        return found != nil
      }
      state.flights[question] = flight
      return (flight, true)
    }
  }

  private func first(
    of candidates: [StoredSecret],
    _ match: @escaping @Sendable (StoredSecret) -> SecretMatch?
  ) async -> SecretMatch? {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: candidates.lazy.compactMap(match).first) }
    }
  }

  private func finish(_ question: Question, _ source: SourceAddress) {
    state.withLock { state in
      state.flights[question] = nil
      for network in SecretStretcher.networks(of: source) {
        let rest = state.waiting[network, default: 1] - 1
        state.waiting[network] = rest == 0 ? nil : rest
      }
    }
  }

  /// The sources that a search is counted for; a peer without an address has only one.
  private static func networks(of source: SourceAddress) -> Set<ArraySlice<UInt8>> {
    [source.limitKey, source.widestNetwork]
  }
}

/// A secret that was presented rightly.
struct SecretMatch: Sendable {
  let secret: StoredSecret
  /// What is to be kept of it from now on; nil for what there is.
  var replacement: StoredSecret?
}
