import TesseraCore
import TesseraJOSE
import TesseraSupport

/// What is measured.
enum Measurements {
  static func all() async throws -> [Meter.Reading] {
    let subject = try await Subject()
    // First, so that the clients are in memory.
    let requests = try await requests(subject)
    return try parts(subject) + requests
  }

  private static func parts(_ subject: Subject) throws -> [Meter.Reading] {
    let facts = try subject.replica.facts()
    guard let client = try subject.replica.client(subject.application.id) else { return [] }
    let now = WallClock.system.now
    let grant = AccessGrant(
      clientID: subject.application.id,
      grantType: .clientCredentials,
      access: GrantedAccess(
        scopes: ScopeSet(["item"].compactMap(Scope.init)),
        audiences: [Administration.defaultResource].compactMap(Resource.init(stored:))
      ),
      issuedAt: now,
      expiresAt: now.advanced(bySeconds: 3600)
    )
    let sealing = SealedAccessToken(issuer: Subject.issuer)
    let signing = JWTAccessToken(issuer: Subject.issuer)
    let issued = try sealing.encode(grant, for: client.holder, SignatureChoice(), with: facts.keyRing)
    let sealed = text(issued)
    let signed = text(try signing.encode(grant, for: client.holder, SignatureChoice(), with: facts.keyRing))
    let form = subject.application.tokenForm
    let dialect = ContractDialect()
    return [
      try Meter.measure("form parsing") { keep(try FormParameters(form)) },
      Meter.measure("rendering") { keep(dialect.response(for: issued)) },
      Meter.measure("secret hash") { keep(subject.hasher.digest(subject.application.secret)) },
      try Meter.measure("seal") {
        keep(try sealing.encode(grant, for: client.holder, SignatureChoice(), with: facts.keyRing))
      },
      Meter.measure("open") { keep(sealing.open(sealed.utf8, with: facts.keyRing)) },
      try Meter.measure("JWT") {
        keep(try signing.encode(grant, for: client.holder, SignatureChoice(), with: facts.keyRing))
      },
      Meter.measure("open JWT") { keep(signing.open(signed.utf8, with: facts.keyRing)) },
    ]
  }

  private static func text(_ token: IssuedToken) -> Substring {
    String(decoding: token.text, as: UTF8.self)[...]
  }

  /// What two cores make of some of the requests.
  static func cores() async throws -> [Cores.Reading] {
    let subject = try await Subject()
    let token = try await subject.issuedToken()
    let requests = [
      ("token", "/oauth/token", subject.post(subject.application.tokenForm)),
      ("token, JWT", "/oauth2/token", subject.post(subject.jwtApplication.tokenForm)),
      ("introspection", "/oauth2/introspect", subject.post(subject.introspectionForm(token))),
      ("verify", "/oauth2/verify", subject.verification(token)),
    ]
    for (_, path, request) in requests {
      guard let endpoint = subject.endpoint(path) else { throw UnexpectedAnswer(path: path, status: 404) }
      // What it needs is in memory from now on.
      _ = try await subject.answer(endpoint, request, status: 200)
    }
    return requests.compactMap { name, path, request in
      Cores.measure(name, [subject.server, subject.otherServer], path, request)
    }
  }

  private static func requests(_ subject: Subject) async throws -> [Meter.Reading] {
    let token = try await subject.issuedToken()
    let granted = subject.application.tokenForm
    let requests: [(name: String, path: String, request: EndpointRequest, status: Int)] = [
      ("token, contract dialect", "/oauth/token", subject.post(granted), 200),
      ("token, rfc6749 dialect", "/oauth2/token", subject.post(granted), 200),
      ("token, JWT", "/oauth2/token", subject.post(subject.jwtApplication.tokenForm), 200),
      // What is left is the client's authentication.
      ("client authentication", "/oauth/token", subject.post(subject.application.aimlessForm), 400),
      ("token, wrong secret", "/oauth/token", subject.post(subject.application.wrongForm), 400),
      ("introspection", "/oauth2/introspect", subject.post(subject.introspectionForm(token)), 200),
      ("verify", "/oauth2/verify", subject.verification(token), 200),
    ]
    var readings: [Meter.Reading] = []
    for (name, path, request, status) in requests {
      guard let endpoint = subject.endpoint(path) else {
        throw UnexpectedAnswer(path: path, status: 404)
      }
      // It has the answer that is meant, and what it needs is in memory from now on.
      _ = try await subject.answer(endpoint, request, status: status)
      readings.append(Meter.measure(name) { keep(endpoint.answer(request)) })
    }
    return readings
  }
}
