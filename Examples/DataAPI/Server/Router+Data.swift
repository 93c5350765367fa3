import Hummingbird
import Logging
import TesseraGuard
import TesseraGuardHummingbird

/// `GET /items` and `GET /items/{id}`, and the same for the other kinds of data.
///
/// `origin` is what the URLs begin with for clients; without one, tokens that are bound to a key are refused.
func dataRouter(_ verifier: AccessTokenVerifier, origin: String?) -> Router<BasicAccessTokenRequestContext> {
  let router = Router(context: BasicAccessTokenRequestContext.self, options: .autoGenerateHeadEndpoints)
  router.add(middleware: JSONErrorMiddleware())
  router.add("items", Item.all, requiring: "item", verifier, origin)
  router.add("events", Event.all, requiring: "event", verifier, origin)
  router.add("profiles", Profile.all, requiring: "profile", verifier, origin)
  router.add("promotions", Promotion.all, requiring: "promotion", verifier, origin)
  return router
}

extension Router<BasicAccessTokenRequestContext> {
  fileprivate func add<Entry: DataEntry>(
    _ path: String,
    _ entries: [Entry],
    requiring scope: String,
    _ verifier: AccessTokenVerifier,
    _ origin: String?
  ) {
    var routes = group(RouterPath(path))
    if let origin {
      routes = routes.add(middleware: AccessTokenMiddleware(verifier, origin: origin, requiring: scope))
    } else {
      routes = routes.add(middleware: BearerTokenMiddleware(verifier, requiring: scope))
    }
    routes.get { _, context in
      let clientID = try context.accessToken.clientID
      context.logger.info("read", metadata: ["client": "\(clientID)", "kind": "\(path)"])
      return entries
    }
    routes.get(":id") { _, context in
      let id = try context.parameters.require("id")
      guard let entry = entries.first(where: { $0.id == id }) else { throw HTTPError(.notFound) }
      return entry
    }
  }
}
