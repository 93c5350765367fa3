import ServiceLifecycle
import TesseraCore

/// What a node does beside answering, from when its store is there until the process is asked to stop.
struct NodeService: Service {
  let start: NodeStart
  /// What the start has come to; nil when the store has to be waited for.
  let begun: NodeStart.Begun?
  /// Called once the store is there.
  let onBegun: @Sendable () -> Void
  /// What runs then.
  let services: @Sendable (NodeStart.Begun) -> [any Service]

  func run() async throws {
    var known = begun
    if known == nil { known = try await start.wait() }
    guard let begun = known else { return }
    onBegun()
    let result: Result<Void, any Error>
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for service in services(begun) { group.addTask { try await service.run() } }
        try await group.waitForAll()
      }
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await begun.data.store.close()
    try result.get()
  }
}
