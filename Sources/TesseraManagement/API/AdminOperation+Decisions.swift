import TesseraCore
import TesseraJOSE

extension AdminOperation {
  private static let decisionListing: [AdminField] =
    paging + [AdminField("client_id", .text, "Only requests of this client")]

  /// Why requests were refused.
  static let decisions: [AdminOperation] = [
    AdminOperation(
      name: "listDecisions",
      method: "GET",
      path: "/admin/v1/decisions",
      scope: .read,
      summary: "List the requests that this node refused, as far as it remembers them, the newest first.",
      query: decisionListing,
      outcome: .listed(.decision)
    ) { request in
      let place = try request.cursors.place(of: request.query.text("cursor"))
      let client = request.query.text("client_id")
      let limit = try request.limit()
      let all = await request.node.denials().all.filter { denial in
        (client == nil || denial.error.clientID?.rawValue == client)
          && (place.map { denial.listPlace < $0 } ?? true)
      }
      return .listed(
        all.prefix(limit).map { DenialRepresentation($0, node: request.node.name) },
        next: all.count > limit ? request.cursors.cursor(after: all[limit - 1].listPlace) : nil
      )
    },
    AdminOperation(
      name: "showDecision",
      method: "GET",
      path: "/admin/v1/decisions/{request_id}",
      scope: .read,
      summary: "Explain why this node refused a request, and what would become of it now.",
      outcome: .shown(.explainedDecision)
    ) { request in
      let (id, node) = (request.part("request_id"), request.node)
      let recent = await node.denials()
      guard let denial = recent.denial(of: id) else {
        throw AdminProblem.noDecision(wasOfThisNode: recent.isOfThisNode(id), node: node.name)
      }
      return .shown(
        await request.administration.explain(denial, node: node.name, settings: node.replicaSettings)
      )
    },
  ]
}

extension Denial {
  /// Its place in the list, which compares as the list is ordered.
  fileprivate var listPlace: String {
    let time = String(time.milliseconds)
    return String(repeating: "0", count: max(0, 20 - time.count)) + time + " " + requestID
  }
}

extension AdminProblem {
  /// The request is none that was refused here, or it is forgotten.
  fileprivate static func noDecision(wasOfThisNode: Bool, node: String) -> AdminProblem {
    AdminProblem(
      status: 404,
      title: "Not Found",
      detail: wasOfThisNode
        ? "\(node) answered that request, and does not remember that it was refused: it was not, or many others "
          + "were since"
        : "\(node) has not answered that request since it started: ask the node whose log has it"
    )
  }
}
