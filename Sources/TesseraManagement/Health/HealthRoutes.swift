import Hummingbird
import TesseraCore

/// What service managers and load balancers ask: whether the process lives, has started, and is ready for requests.
struct HealthRoutes {
  let health: NodeHealth

  func add(to router: Router<ManagementContext>) {
    let health = health
    // Whoever restarts what is not alive must not do so because a database is away.
    router.get("/livez") { _, _ in HealthRoutes.response([]) }
    router.get("/startupz") { _, _ in HealthRoutes.response(health.reasonsNotStarted) }
    router.get("/readyz") { _, _ in HealthRoutes.response(health.reasonsNotReady) }
  }

  private static func response(_ reasons: [String]) -> Response {
    let members: [JSONValue.Member] =
      reasons.isEmpty
      ? [.init("status", .string("ok"))]
      : [.init("status", .string("unavailable")), .init("reasons", JSONValue(reasons))]
    return .json(.object(members), status: reasons.isEmpty ? .ok : .serviceUnavailable)
  }
}
