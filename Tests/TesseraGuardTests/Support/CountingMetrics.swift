import CoreMetrics
import Synchronization

/// Keeps what is counted.
final class CountingMetrics: MetricsFactory {
  private let counters = Mutex<[String: CountingHandler]>([:])

  subscript(_ label: String) -> Int64 {
    counters.withLock { $0["tessera_guard_" + label]?.value ?? 0 }
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counters.withLock { counters in
      let handler = counters[label] ?? CountingHandler()
      counters[label] = handler
      return handler
    }
  }

  func makeRecorder(
    label: String,
    dimensions: [(String, String)],
    aggregate: Bool
  ) -> any RecorderHandler { NOOPMetricsHandler.instance }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    NOOPMetricsHandler.instance
  }

  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

private final class CountingHandler: CounterHandler {
  private let count = Mutex<Int64>(0)

  var value: Int64 { count.withLock { $0 } }

  func increment(by amount: Int64) { count.withLock { $0 += amount } }
  func reset() { count.withLock { $0 = 0 } }
}
