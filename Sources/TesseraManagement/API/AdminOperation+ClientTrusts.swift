import TesseraCore
import TesseraJOSE
import TesseraSupport

extension AdminOperation {
  /// What can be done with the platforms that clients trust.
  static let clientTrusts: [AdminOperation] = [
    AdminOperation(
      name: "listClientTrusts",
      method: "GET",
      path: "/admin/v1/clients/{client_id}/trusts",
      scope: .read,
      summary: "List the platforms that vouch for a client, and when each did last.",
      outcome: .listed(.usedClientTrust)
    ) { request in
      let trusts = try await request.administration.trusts(of: request.client())
      return .listed(trusts.map { UsedClientTrustRepresentation($0.trust, $0.use, at: request.now) })
    },
    AdminOperation(
      name: "addClientTrust",
      method: "POST",
      path: "/admin/v1/clients/{client_id}/trusts",
      scope: .secrets,
      summary: "Let a platform vouch for a client: its tokens with these claims are the client's assertions.",
      body: draft,
      outcome: .created(.clientTrust)
    ) { request in
      let client = try await request.clientToChange()
      let new = try NewClientTrust(request.trustDraft())
      let trust: ClientTrust
      if request.isRepeated, let known = try? client.trust(named: new.name.text), new.isSame(as: known) {
        trust = known
      } else {
        trust = try await request.administration.addTrust(new, to: client.id)
      }
      return .created(
        ClientTrustRepresentation(trust),
        at: "/admin/v1/clients/\(client.id.rawValue.pathSegment)/trusts/\(trust.name.pathSegment)"
      )
    },
    AdminOperation(
      name: "removeClientTrust",
      method: "DELETE",
      path: "/admin/v1/clients/{client_id}/trusts/{trust}",
      scope: .secrets,
      summary:
        "Make a client trust a platform no longer, at once. One that vouched for it within a day needs force.",
      query: [
        AdminField("revoke_tokens", .boolean, "Whether all tokens that the client has are revoked, too"),
        AdminField("force", .boolean, "Whether it is removed even if it was used within a day"),
      ],
      outcome: .done
    ) { request in
      let client = try await request.clientToChange()
      let trust = try client.trust(named: request.part("trust"))
      if !request.query.isTrue("force") {
        let use = try await request.administration.trusts(of: client).first { $0.trust == trust }?.use
        try request.checkIsNotInUse(use, "trust", "removes")
      }
      try await request.administration.removeTrust(
        named: trust.name,
        of: client.id,
        revokingTokens: request.query.isTrue("revoke_tokens")
      )
      return .done
    },
  ]

  private static let draft = [
    AdminField(
      "trust",
      .text,
      "What it is called, unique among the client's trusts, keys and secrets; as its preset unless it is given",
      of: AdminSchema.name
    ),
    AdminField(
      "preset",
      .choice(TrustPreset.allCases.map(\.rawValue)),
      required: true,
      "What kind of platform it is, by which rules of its tokens are known"
    ),
    AdminField(
      "issuer",
      .text,
      "iss of its tokens, or a SPIFFE trust domain; where the platform has one for all it need not be given",
      of: AdminSchema.trustedIssuer
    ),
    AdminField(
      "audiences",
      .texts,
      required: true,
      "Whom its tokens may be for: all that a token names have to be among them",
      of: AdminSchema.trustText
    ),
    AdminField(
      "claims",
      .map,
      "What claims have to be, by name or by JSON Pointer; * stands for one segment between / and :",
      of: AdminSchema.trustText
    ),
    AdminField("jwks", .object, "Its keys as a JWK Set, so that nobody is asked", of: AdminSchema.anyObject),
    AdminField(
      "jwks_uri",
      .text,
      "Where its keys are; where its metadata says unless this or jwks is given",
      of: AdminSchema.keySetURL
    ),
    AdminField(
      "max_lifetime",
      .integer,
      "How far ahead the end of a token may be, in seconds; by its preset unless it is given",
      of: AdminSchema.trustedLifetime
    ),
    AdminField(
      "reusable",
      .boolean,
      "Whether a token may be presented until it ends, instead of once; by its preset unless it is given"
    ),
  ]
}

extension AdminRequest {
  /// The trust in the body.
  fileprivate func trustDraft() -> TrustDraft {
    var draft = TrustDraft(body.text("preset").flatMap(TrustPreset.init(rawValue:)) ?? .generic)
    draft.name = body.text("trust")
    draft.issuer = body.text("issuer")
    draft.audiences = body.texts("audiences") ?? []
    draft.claims = body.map("claims") ?? [:]
    draft.keySet = body.object("jwks")
    draft.keySetURL = body.text("jwks_uri")
    draft.longestLifetime = body.integer("max_lifetime")
    draft.isReusable = body.boolean("reusable")
    return draft
  }
}
