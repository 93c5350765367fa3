import TesseraCore
import TesseraJOSE

extension AdminOperation {
  /// What can be done with tokens.
  static let tokens: [AdminOperation] = [
    AdminOperation(
      name: "listRevocations",
      method: "GET",
      path: "/admin/v1/revocations",
      scope: .read,
      summary: "List the tokens that are revoked by themselves, in the order in which they were.",
      query: paging,
      outcome: .listed(.revocation)
    ) { request in
      let place = try request.cursors.place(of: request.query.text("cursor"))
      let page = try await request.administration.revocations(
        after: place.flatMap { Int64($0) } ?? .min,
        limit: request.limit()
      )
      return .listed(
        page.elements.map(RevocationRepresentation.init),
        next: page.next.map { request.cursors.cursor(after: String($0)) }
      )
    },
    AdminOperation(
      name: "revokeToken",
      method: "POST",
      path: "/admin/v1/revocations",
      scope: .write,
      summary: "Revoke one token, whosever it is.",
      body: [AdminField("token", .text, required: true, "The token")],
      outcome: .done
    ) { request in
      var view = ServerView(at: request.now)
      let token = request.body.text("token") ?? ""
      let inspector = request.inspector
      let opened = try await Rounds.run { () throws(Interruption) in
        _ = try view.facts(of: inspector.replica)
        return try inspector.open(token[...].utf8, &view)
      }
      guard let opened else {
        throw AdminProblem.unprocessable("it is not a token of this server", field: "token")
      }
      try await request.administration.revokeToken(opened)
      return .done
    },
    AdminOperation(
      name: "inspectToken",
      method: "POST",
      path: "/admin/v1/tokens/inspect",
      scope: .read,
      summary: "Show what a token of this server says, and whether it is active.",
      body: [AdminField("token", .text, required: true, "The token")],
      outcome: .shown(.token)
    ) { request in
      var view = ServerView(at: request.now)
      let (token, inspector) = (request.body.text("token") ?? "", request.inspector)
      let verdict = try await Rounds.run { () throws(Interruption) in
        try inspector.inspect(token[...].utf8, &view)
      }
      switch verdict {
      case .active(let token): return .shown(TokenRepresentation(token, nil))
      case .inactive(let token, let reason): return .shown(TokenRepresentation(token, reason))
      case .unreadable:
        throw AdminProblem.unprocessable("it is not a token of this server", field: "token")
      }
    },
    AdminOperation(
      name: "revokeAllTokens",
      method: "POST",
      path: "/admin/v1/revoke-all",
      scope: .keys,
      summary: "Revoke every token of every client, that of the caller too. Clients can get new ones.",
      outcome: .done
    ) { request in
      try await request.administration.revokeAllTokens()
      return .done
    },
  ]
}

/// A token that is revoked by itself.
struct RevocationRepresentation: Representation {
  private let record: RevocationRecord

  init(_ record: RevocationRecord) {
    self.record = record
  }

  var json: JSONValue {
    .object([
      .init("token_id", .string(record.token.description)),
      .init("client_id", JSONValue(record.clientID?.rawValue)),
      .init("expires_at", JSONValue(record.expiresAt)),
    ])
  }
}
