import TesseraCore

/// What is measured.
enum Measurements {
  static func all() async throws -> [Meter.Reading] {
    let subject = try await Subject()
    return try await parts(subject) + requests(subject)
  }

  private static func parts(_ subject: Subject) throws -> [Meter.Reading] {
    let format = SealedAccessToken(issuer: Subject.issuer)
    let facts = try subject.directory.facts()
    let now = WallClock.system.now
    let grant = AccessGrant(
      clientID: subject.client.id,
      grantType: .clientCredentials,
      scopes: ScopeSet(subject.client.scopes.scopes.prefix(1)),
      audiences: [Administration.standardResource].compactMap(Resource.init),
      issuedAt: now,
      expiresAt: now.advanced(bySeconds: 3600)
    )
    let sealed = try format.encode(grant, with: facts)[...]
    return [
      Meter.measure("secret hash") { keep(subject.hasher.digest(subject.secret)) },
      try Meter.measure("seal") { keep(try format.encode(grant, with: facts)) },
      Meter.measure("open") { keep(format.open(sealed.utf8, with: facts.keyRing)) },
    ]
  }

  private static func requests(_ subject: Subject) async throws -> [Meter.Reading] {
    let token = try await subject.issuedToken()
    let requests: [(name: String, path: String, request: EndpointRequest, status: Int)] = [
      ("token, seed dialect", "/oauth/token", subject.post(subject.tokenForm), 200),
      ("token, RFC 6749 dialect", "/oauth2/token", subject.post(subject.tokenForm), 200),
      // What is left is the parsing: its own functions are generic, and slow when called from another module.
      ("form without credentials", "/oauth/token", subject.post(subject.anonymousForm), 400),
      ("token, wrong secret", "/oauth/token", subject.post(subject.deniedForm), 400),
      ("introspection", "/oauth2/introspect", subject.post(subject.introspectionForm(token)), 200),
      ("verify", "/oauth2/verify", subject.verification(token), 200),
    ]
    var readings: [Meter.Reading] = []
    for (name, path, request, status) in requests {
      guard let endpoint = subject.endpoint(path) else { continue }
      // It has the answer that is meant, and what it needs is in memory from now on.
      _ = try await subject.answer(endpoint, request, status: status)
      readings.append(Meter.measure(name) { keep(endpoint.answer(request)) })
    }
    return readings
  }
}
