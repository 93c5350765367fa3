import TesseraCore
import TesseraJOSE
import TesseraSupport

extension AdminOperation {
  /// What can be done with the keys and certificates of clients.
  static let clientKeys: [AdminOperation] = [
    AdminOperation(
      name: "listClientKeys",
      method: "GET",
      path: "/admin/v1/clients/{client_id}/keys",
      scope: .read,
      summary: "List the public keys and certificates of a client, and when each was used last.",
      outcome: .listed(.usedClientKey)
    ) { request in
      let keys = try await request.administration.keys(of: request.client())
      return .listed(keys.map { UsedClientKeyRepresentation($0.key, $0.use, at: request.now) })
    },
    AdminOperation(
      name: "addClientKey",
      method: "POST",
      path: "/admin/v1/clients/{client_id}/keys",
      scope: .secrets,
      summary: "Give a client one more public key or certificate: as jwk, or as pem.",
      body: newKey,
      outcome: .created(.clientKey)
    ) { request in
      let client = try await request.clientToChange()
      let new = try request.body.newKey()
      let known = client.keyMetadata.keys.first { $0.name == new.name.text && $0.material == new.material }
      let key: ClientKey
      if request.isRepeated, let known {
        key = known
      } else {
        key = try await request.administration.addKey(new, to: client.id)
      }
      return .created(
        ClientKeyRepresentation(key),
        at: "/admin/v1/clients/\(client.id.rawValue.pathSegment)/keys/\(key.name.pathSegment)"
      )
    },
    AdminOperation(
      name: "addClientKeys",
      method: "POST",
      path: "/admin/v1/clients/{client_id}/add-keys",
      scope: .secrets,
      summary: "Give a client more public keys and certificates: all of them, or none.",
      body: [
        AdminField("keys", .objects(newKey), required: true, "The keys and certificates")
      ],
      outcome: .listed(.clientKey)
    ) { request in
      let client = try await request.clientToChange()
      let keys = try await request.administration.addKeys(request.newKeys(), to: client.id)
      return .listed(keys.map(ClientKeyRepresentation.init))
    },
    AdminOperation(
      name: "removeClientKey",
      method: "DELETE",
      path: "/admin/v1/clients/{client_id}/keys/{key}",
      scope: .secrets,
      summary: "Make a key of a client stop working at once. One that was used within a day needs force.",
      query: [
        AdminField("revoke_tokens", .boolean, "Whether all tokens that the client has are revoked, too"),
        AdminField("force", .boolean, "Whether it is removed even if it was used within a day"),
      ],
      outcome: .done
    ) { request in
      let client = try await request.clientToChange()
      let key = try client.key(named: request.part("key"))
      if !request.query.isTrue("force") {
        let use = try await request.administration.keys(of: client).first { $0.key == key }?.use
        try request.checkIsNotInUse(use, "key", "removes")
      }
      try await request.administration.removeKey(
        named: key.name,
        of: client.id,
        revokingTokens: request.query.isTrue("revoke_tokens")
      )
      return .done
    },
  ]

  private static let newKey = [
    AdminField(
      "key",
      .text,
      "What it is called, unique among the client's keys and secrets; its key ID unless it is given",
      of: AdminSchema.name
    ),
    AdminField("jwk", .object, "A public key as JSON (RFC 7517)", of: AdminSchema.anyObject),
    AdminField("pem", .text, "A public key or a certificate in PEM", of: AdminSchema.pem),
    AdminField(
      "expires_in_days",
      .integer,
      "When it expires; never unless it is given, and a certificate when it says so itself",
      of: AdminSchema.secretLifetime
    ),
  ]
}

extension AdminRequest {
  /// Throws for a secret or a key that was used so recently that something would stop without it.
  func checkIsNotInUse(_ use: SecretUse?, _ noun: String, _ verb: String) throws(AdminProblem) {
    guard let use, use.isRecent(at: now) else { return }
    let place = use.address.map { " from \($0)" } ?? ""
    throw AdminProblem(
      status: 409,
      title: "The \(noun) is in use",
      detail: "it was used at \(use.lastUsedAt.iso8601)\(place); force=true \(verb) it all the same",
      field: "force"
    )
  }

  /// The method that is given; nil when none is, `.some(nil)` for null.
  var authenticationMethod: ClientAuthenticationMethod?? {
    guard body.has("authentication_method") else { return nil }
    return .some(
      body.text("authentication_method").flatMap(ClientAuthenticationMethod.init(rawValue:))
    )
  }

  /// How the keys of a client are to change.
  func keyChange() throws(AdministrationError) -> ClientKeyChange {
    var change = ClientKeyChange()
    if body.has("jwks") {
      let json = body.object("jwks")
      change.keys =
        try json.map { json throws(AdministrationError) in
          try PublicKeyDocument(json).materials.map { NewClientKey($0) }
        } ?? []
    }
    if let texts = body.texts("certificates") {
      var certificates: [NewClientKey] = []
      for text in texts { certificates += try PublicKeyDocument(certificate: text).newKeys() }
      change.certificates = certificates
    }
    if body.has("jwks_uri") {
      change.keySetURL = .some(
        try body.text("jwks_uri").map { text throws(AdministrationError) in try KeySetURL(text) }
      )
    }
    if let members = body.map("certificate_subject") {
      change.certificateSubject = .some(try CertificateSubject.of(members))
    }
    change.requiresStrictAssertions = body.boolean("strict_assertions")
    if body.has("profile") { change.profile = .some(body.text("profile").flatMap(SecurityProfile.init)) }
    change.isDPoPBound = body.boolean("dpop_bound_access_tokens")
    change.isCertificateBound = body.boolean("tls_client_certificate_bound_access_tokens")
    return change
  }

  /// The keys in the body; what is wrong with one is named by its JSON Pointer (RFC 6901).
  fileprivate func newKeys() throws -> [NewClientKey] {
    let described = body.objects("keys") ?? []
    guard described.count <= Administration.maximumClientKeys else { throw AdministrationError.tooManyKeys }
    return try described.enumerated().map { index, values in
      let pointer = "/keys/\(index)"
      do {
        return try values.newKey()
      } catch let problem as AdminProblem {
        throw problem.within(pointer)
      } catch let error as AdministrationError {
        throw AdminProblem(error).within(pointer)
      }
    }
  }
}

extension AdminValues {
  /// The key that they describe.
  fileprivate func newKey() throws -> NewClientKey {
    let (jwk, pem) = (object("jwk"), text("pem"))
    guard (jwk == nil) != (pem == nil) else {
      throw AdminProblem.unprocessable("either jwk or pem is needed", field: "jwk")
    }
    let field = jwk == nil ? "pem" : "jwk"
    let document: PublicKeyDocument
    do throws(AdministrationError) {
      document = if let jwk { try PublicKeyDocument(jwk) } else { try PublicKeyDocument(pem ?? "") }
    } catch {
      throw AdminProblem.unprocessable(error.description, field: field)
    }
    guard document.materials.count == 1 else {
      throw AdminProblem.unprocessable("one key at a time: this has several", field: field)
    }
    let name = try text("key").map { try DisplayName($0, of: .keyName) }
    let lifetime = try integer("expires_in_days").map { try SecretLifetime(days: $0, of: .keyExpiry) }
    return document.newKeys(named: name, lifetime: lifetime)[0]
  }
}
