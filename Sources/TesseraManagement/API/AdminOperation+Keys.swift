import TesseraCore

extension AdminOperation {
  /// What can be done with the keys of the server.
  static let keys: [AdminOperation] = [
    AdminOperation(
      name: "listKeys",
      method: "GET",
      path: "/admin/v1/keys",
      scope: .read,
      summary: "List all keys by number: what they are for, and in what state. No key is shown.",
      outcome: .listed(.key)
    ) { request in
      .listed(try await request.administration.keys().map(KeyRepresentation.init))
    },
    AdminOperation(
      name: "rotateKeys",
      method: "POST",
      path: "/admin/v1/keys/rotate",
      scope: .keys,
      summary:
        "Add keys, which take over once they have been published for long enough: all of them or none.",
      body: [
        AdminField(
          "use",
          .texts,
          "Which: sealing, or those of an algorithm; all in use unless it is given",
          of: AdminSchema.keyUse
        ),
        AdminField(
          "now",
          .boolean,
          "Whether they take over within seconds, before every verifier knows them"
        ),
      ],
      outcome: .listed(.newKey)
    ) { request in
      let named = try (request.body.texts("use") ?? []).map { name throws(AdminProblem) in
        guard let use = KeyUse(name) else {
          throw .unprocessable(
            "there is no such use; there are: \(KeyUse.all.map(\.description).joined(separator: ", "))",
            field: "use"
          )
        }
        return use
      }
      let uses = try await request.administration.keyUses(named)
      let keys = try await request.administration.rotateKeys(for: uses, now: request.body.isTrue("now"))
      return .listed(keys.map(KeyRepresentation.init))
    },
    AdminOperation(
      name: "destroyKey",
      method: "POST",
      path: "/admin/v1/keys/{number}/destroy",
      scope: .keys,
      summary: "Take one key out at once, because it has leaked. Every token of it is invalid from then on.",
      outcome: .shown(.destroyedKey)
    ) { request in
      guard let number = UInt16(request.part("number")) else { throw AdminProblem.notFound }
      return .shown(DestroyedKeyRepresentation(try await request.administration.destroyKey(number)))
    },
  ]
}
