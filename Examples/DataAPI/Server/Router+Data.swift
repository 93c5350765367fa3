import Hummingbird
import Logging
import TesseraGuard
import TesseraGuardHummingbird

/// `GET /items` and `GET /items/{id}`, and the same for the other kinds of data.
func dataRouter(_ verifier: AccessTokenVerifier) -> Router<BasicAccessTokenRequestContext> {
  let router = Router(context: BasicAccessTokenRequestContext.self, options: .autoGenerateHeadEndpoints)
  router.add(middleware: JSONErrorMiddleware())
  router.add("items", Item.all, requiring: "item", verifier)
  router.add("events", Event.all, requiring: "event", verifier)
  router.add("profiles", Profile.all, requiring: "profile", verifier)
  router.add("promotions", Promotion.all, requiring: "promotion", verifier)
  return router
}

extension Router<BasicAccessTokenRequestContext> {
  fileprivate func add<Entry: DataEntry>(
    _ path: String,
    _ entries: [Entry],
    requiring scope: String,
    _ verifier: AccessTokenVerifier
  ) {
    let routes = group(RouterPath(path)).add(middleware: BearerTokenMiddleware(verifier, requiring: scope))
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
