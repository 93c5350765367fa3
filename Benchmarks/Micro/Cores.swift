import Foundation
import Synchronization
import TesseraCore

/// How much more two threads answer than one, each with the endpoints that an event loop has, all for the same client.
///
/// By the processor's time of the threads, which other programs hardly touch: where two threads write to the same memory, each
/// of their requests takes longer.
enum Cores {
  struct Reading {
    let name: String
    /// Twice the time of a request with one thread by that with two: 2 where nothing is shared.
    let ratio: Double
    /// With one thread, in nanoseconds.
    let nanoseconds: Double
  }

  private static let rounds = 21
  private static let requestsPerRound = 4_000

  static func measure(
    _ name: String,
    _ servers: [AuthorizationServer],
    _ path: String,
    _ request: EndpointRequest
  )
    -> Reading?
  {
    let endpoints = servers.compactMap { $0.routes[path] }
    guard endpoints.count == 2 else { return nil }
    // Until each has the client in its own memory.
    for endpoint in endpoints { for _ in 0..<1000 { keep(endpoint.answer(request)) } }
    var (alone, together): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      alone += times(of: [endpoints[0]], request)
      together += times(of: endpoints, request)
    }
    let (one, two) = (median(alone), median(together))
    return Reading(name: name, ratio: 2 * one / two, nanoseconds: one)
  }

  /// The time of a request in each of as many threads, which begin together.
  private static func times(of endpoints: [any Endpoint], _ request: EndpointRequest) -> [Double] {
    let round = Round(of: endpoints.count)
    for endpoint in endpoints {
      Thread {
        round.begin()
        let start = processorTime()
        for _ in 0..<requestsPerRound { keep(endpoint.answer(request)) }
        round.end(Double(processorTime() - start) / Double(requestsPerRound))
      }.start()
    }
    return round.times()
  }

  /// Threads that begin together, and what they took.
  private final class Round: Sendable {
    private let count: Int
    private let ready = Atomic<Int>(0)
    private let ended = DispatchSemaphore(value: 0)
    private let taken = Mutex<[Double]>([])

    init(of count: Int) {
      self.count = count
    }

    func begin() {
      ready.add(1, ordering: .sequentiallyConsistent)
      while ready.load(ordering: .sequentiallyConsistent) < count { sched_yield() }
    }

    func end(_ time: Double) {
      taken.withLock { $0.append(time) }
      ended.signal()
    }

    func times() -> [Double] {
      for _ in 0..<count { ended.wait() }
      return taken.withLock { $0 }
    }
  }

  /// Of this thread, in nanoseconds.
  private static func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
}
