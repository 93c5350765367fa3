import Hummingbird
import TesseraCore

/// Where a token for the management API is to be had (RFC 9728 §2).
///
/// It is open to everybody, because whoever has no token yet asks for it.
struct ProtectedResourceRoute {
  static let path = "/.well-known/oauth-protected-resource"

  /// Nil while the server has not begun.
  let facts: @Sendable () -> ServerFacts?

  func add(to router: Router<ManagementContext>) {
    let facts = facts
    router.get(RouterPath(ProtectedResourceRoute.path)) { _, _ in
      guard let facts = facts() else {
        return AdminMiddleware.response(.unavailable("the store was not reached yet"))
      }
      return Response.json(ProtectedResourceRoute.document(facts))
    }
  }

  static func document(_ facts: ServerFacts) -> JSONValue {
    .object([
      .init("resource", .string(Administration.managementResource)),
      .init("authorization_servers", JSONValue([facts.issuer])),
      .init("token_endpoint", .string(facts.tokenEndpoint)),
      .init("scopes_supported", JSONValue(OperatorScope.allCases.map(\.rawValue))),
      .init("bearer_methods_supported", JSONValue(["header"])),
    ])
  }
}
