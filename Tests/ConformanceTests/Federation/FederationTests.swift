import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// Clients that platforms vouch for: whom a token is about, from whom, and for whom it is.
@Suite(.everyDoor) struct FederationTests {
  @Test("F1 the token of a platform proves the client that client_id names, and needs client_id")
  func clientID() async throws {
    try await FederationWorld.run { world in
      expect(try await world.send(world.assertion(), ["client_id": nil]), is: .failedInBody)
      // The log says what is missing.
      try await wait { world.server.log.lines.contains { $0.contains("client_id is missing") } }
      let other = try await world.server.makeClient()
      for id in [other.id.rawValue, "nobody", "system:serviceaccount:prod:api"] {
        expect(try await world.send(world.assertion(), ["client_id": id]), is: .failedInBody, "\(id)")
      }
      expect(
        try await world.send(world.assertion(), ["client_secret": "x-x-x-x-x"]),
        is: .invalidRequest("More than one client authentication method")
      )
      try await world.expectTwinPasses()
    }
  }

  @Test("F2 what a platform gives its workloads is enough")
  func kubernetes() async throws {
    try await FederationWorld.run(
      PlatformToken.kubernetes,
      issuer: "https://kubernetes.default.svc.cluster.local",
      claims: ["sub": "system:serviceaccount:prod:api", "/kubernetes.io/serviceaccount/name": "api"]
    ) { world in
      try await world.expectTwinPasses()
      for subject in ["system:serviceaccount:prod:web", "system:serviceaccount:test:api", "api"] {
        expect(try await world.send("sub", #""\#(subject)""#), is: .failedInBody, "\(subject)")
      }
      expect(
        try await world.send("kubernetes.io", #"{"serviceaccount":{"name":"web"}}"#),
        is: .failedInBody
      )
      expect(try await world.send("kubernetes.io", #""api""#), is: .failedInBody)
    }
  }

  @Test("F2 what a platform gives its workloads is enough: GitLab")
  func gitLab() async throws {
    try await FederationWorld.run(
      PlatformToken.gitLab,
      issuer: "https://gitlab.com",
      claims: ["project_path": "acme/tools/app", "ref": "main", "ref_type": "branch", "runner_id": "1"]
    ) { world in
      try await world.expectTwinPasses()
      expect(try await world.send("project_path", #""acme/tools/app2""#), is: .failedInBody)
      expect(try await world.send("ref_type", #""tag""#), is: .failedInBody, "a tag called main")
      expect(try await world.send("runner_id", "2"), is: .failedInBody)
    }
  }

  @Test("F3 only an issuer that the client trusts counts, whatever signs")
  func issuers() async throws {
    try await FederationWorld.run { world in
      let issuer = "https://token.actions.githubusercontent.com"
      for other in [
        issuer + "/", issuer.uppercased(), "https://gitlab.com", issuer + "/acme",
        "http" + issuer.dropFirst(5),
      ] {
        expect(try await world.send("iss", #""\#(other)""#), is: .failedInBody, "\(other), by the same key")
      }
      for json in [nil, "null", #""""#, "1", #"["\#(issuer)"]"#] {
        expect(try await world.send("iss", json), is: .failedInBody, "\(json ?? "none")")
      }
      // A second issuer with a key of the same ID: neither signs for the other.
      let stranger = TestSigner(.rs256)
      try await world.trust(
        world.trust(issuer, ["repository": "acme/app"]),
        world.trust("https://other.example", ["repository": "acme/app"], name: "other", keys: [stranger])
      )
      expect(try await world.send(world.assertion(by: stranger)), is: .failedInBody)
      expect(try await world.send("iss", #""https://other.example""#), is: .failedInBody)
      let theirs = world.assertion(by: stranger) { $0.set("iss", #""https://other.example""#) }
      expect(try await world.send(theirs), grants: "item", "its own")
      try await world.expectTwinPasses()
      try await world.trust()
      expect(try await world.send(world.assertion()), is: .failedInBody, "no trust, no token")
    }
  }

  @Test("F4 every condition holds, to the letter")
  func conditions() async throws {
    try await FederationWorld.run { world in
      for repository in [
        "acme/app2", "acme/ap", "acme/app/", "acme", "Acme/app", "acme/App", "evil-acme/app", "acme/app ",
        "acme\\u0000/app", "acme\\/app.", "acme/\\u0430pp", "*", "acme/*", "",
      ] {
        expect(try await world.send("repository", #""\#(repository)""#), is: .failedInBody, "\(repository)")
      }
      for json in [nil, "null", "true", "1", #"["acme/app"]"#, #"{"acme/app":1}"#] {
        expect(try await world.send("repository", json), is: .failedInBody, "\(json ?? "none")")
      }
      expect(try await world.send("environment", #""staging""#), is: .failedInBody, "another environment")
      expect(try await world.send("environment", nil), is: .failedInBody, "none")
      expect(try await world.send("ref", #""refs/heads/other""#), grants: "item", "what nobody asked for")
      try await world.expectTwinPasses()
    }
  }

  @Test("F5 a wildcard stands for one whole segment")
  func wildcards() async throws {
    let claims = ["repository": "acme/*", "sub": "repo:acme/*:environment:*"]
    try await FederationWorld.run(claims: claims) { world in
      func send(_ repository: String, _ subject: String) async throws -> TestResponse {
        try await world.send(
          world.assertion {
            $0.set("repository", #""\#(repository)""#)
            $0.set("sub", #""\#(subject)""#)
          }
        )
      }
      let good = "repo:acme/app:environment:production"
      for repository in ["acme/", "acme", "acme/app/more", "acme/app:x", "acme2/app", "x/acme/app", "/app"] {
        expect(try await send(repository, good), is: .failedInBody, "\(repository)")
      }
      for subject in [
        "repo:acme/app:environment:", "repo:acme/app:environment:a:b", "repo:acme/app:ref:refs/heads/main",
        "repo:acme/a/b:environment:production", "repo:acme/:environment:production",
        "repo:acme/app:ref:x:environment:production", "repo:acme/app", "repo:acme/app:environment:a/b",
      ] {
        expect(try await send("acme/app", subject), is: .failedInBody, "\(subject)")
      }
      expect(try await send("acme/web", "repo:acme/web:environment:staging"), grants: "item")
      try await world.expectTwinPasses()
    }
  }

  @Test("F6 all that a token is for, it is for us")
  func audience() async throws {
    try await FederationWorld.run { world in
      let own = PlatformToken.audience
      for json in [
        #""https://other.example""#, #""\#(own)/""#, #""\#(TestServer.issuer)""#,
        #"["\#(own)","https://other.example"]"#, "[]", "1", #"["\#(own)",1]"#, #""""#, nil,
      ] {
        expect(try await world.send("aud", json), is: .failedInBody, "\(json ?? "none")")
      }
      expect(try await world.send("aud", #"["\#(own)"]"#), grants: "item", "a list of one")
      try await world.trust(
        world.trust(
          "https://token.actions.githubusercontent.com",
          ["repository": "acme/app"],
          audiences: [own, "https://second.example"]
        )
      )
      expect(
        try await world.send("aud", #"["https://second.example","\#(own)"]"#),
        grants: "item",
        "both ours"
      )
      try await world.expectTwinPasses()
    }
  }

  @Test("F7 a token ends, and within what its platform is allowed")
  func times() async throws {
    try await FederationWorld.run(longestLifetime: 3600) { world in
      let now = world.server.seconds
      for end in [nil, "null", "0", "\(now - 1)", "\(now)", "\(now + 3601)", #""\#(now + 60)""#] {
        expect(try await world.send("exp", end), is: .failedInBody, "exp \(end ?? "none")")
      }
      expect(try await world.send("exp", "\(now + 3600)"), grants: "item")
      for claim in ["iat", "nbf"] {
        expect(try await world.send(claim, "\(now + 61)"), is: .failedInBody, "\(claim) in the future")
        expect(try await world.send(claim, #""x""#), is: .failedInBody, "\(claim) that is no time")
        expect(try await world.send(claim, "\(now + 10)"), grants: "item", "\(claim) a little ahead")
      }
      expect(try await world.send("iat", "\(now - 3601)"), is: .failedInBody, "too long ago")
      try await world.expectTwinPasses()
      let token = world.assertion()
      world.server.clocks.setWallClock(bySeconds: 300)
      expect(try await world.send(token), is: .failedInBody, "it has expired")
    }
  }

  @Test(
    "F8 a token is used once where its platform gives another for the asking, and until it ends where not"
  )
  func replay() async throws {
    try await FederationWorld.run(isReusable: false) { world in
      let token = world.assertion()
      expect(try await world.send(token), grants: "item")
      for _ in 0..<3 { expect(try await world.send(token), is: .failedInBody, "again") }
      let again = world.assertion { $0.set("jti", #""one""#) }
      expect(try await world.send(again), grants: "item")
      expect(try await world.send("jti", #""one""#), is: .failedInBody, "another text of the same jti")
      for json in [nil, "1", #""""#] {
        expect(try await world.send("jti", json), is: .failedInBody, "jti \(json ?? "none")")
      }
      let forged = world.assertion(by: TestSigner(.rs256)) { $0.set("jti", #""two""#) }
      expect(try await world.send(forged), is: .failedInBody)
      expect(try await world.send("jti", #""two""#), grants: "item", "a forgery uses nothing up")
      try await world.expectTwinPasses()
    }
    try await FederationWorld.run(isReusable: true) { world in
      let token = world.assertion()
      for _ in 0..<3 { expect(try await world.send(token), grants: "item") }
      expect(try await world.send("jti", nil), grants: "item", "it needs no jti")
    }
  }

  @Test("F9 only a key of the issuer signs for it", arguments: SigningAlgorithm.all)
  func signatures(algorithm: SigningAlgorithm) async throws {
    try await FederationWorld.run(by: algorithm) { world in
      try await world.expectTwinPasses()
      expect(try await world.send(world.assertion(by: TestSigner(algorithm))), is: .failedInBody, "same kid")
      expect(
        try await world.send(world.assertion(by: TestSigner(algorithm, id: "k2"))),
        is: .failedInBody,
        "unknown kid"
      )
      let parts = world.assertion().split(separator: ".")
      let none = Base64URL.encode(Array(#"{"alg":"none","kid":"k1"}"#.utf8))
      expect(try await world.send("\(none).\(parts[1])."), is: .failedInBody)
      expect(try await world.send("\(parts[0]).\(parts[1]).\(parts[2].reversed())"), is: .failedInBody)
      for type in [#""at+jwt""#, #""dpop+jwt""#, #""JOSE""#] {
        let typed = world.assertion { $0.set("typ", type, inHeader: true) }
        expect(try await world.send(typed), is: .failedInBody, "\(type)")
      }
    }
  }

  @Test("F11 a JWT-SVID has a SPIFFE ID of the trust domain as its sub, and needs no iss")
  func svid() async throws {
    let id = "spiffe://example.org/ns/prod/sa/api"
    try await FederationWorld.run(
      PlatformToken.svid,
      issuer: "spiffe://example.org",
      by: .es256,
      claims: ["sub": "spiffe://example.org/ns/prod/sa/*"]
    ) { world in
      let type = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe"
      func send(_ name: String, _ json: String?, inHeader: Bool = false) async throws -> TestResponse {
        let assertion = world.assertion { $0.set(name, json, inHeader: inHeader) }
        return try await world.send(assertion, ["client_assertion_type": type])
      }
      expect(try await send("sub", #""\#(id)""#), grants: "item")
      expect(try await send("iss", #""https://spire.example.org""#), grants: "item", "iss means nothing")
      for typ in [#""JOSE""#, nil] { expect(try await send("typ", typ, inHeader: true), grants: "item") }
      expect(try await send("typ", #""at+jwt""#, inHeader: true), is: .failedInBody)
      for subject in [
        "spiffe://other.org/ns/prod/sa/api", "spiffe://example.org.evil/ns/prod/sa/api",
        "https://example.org/ns",
        "spiffe://example.org/ns/test/sa/api", "spiffe://example.org/ns/prod/sa/api/x", "api",
        "spiffe://EXAMPLE.org/ns/prod/sa/api", "spiffe://example.org/ns/prod/sa/", "spiffe://u@example.org/a",
        "spiffe://example.org:443/ns/prod/sa/api", "spiffe://example.org/ns/prod/sa/..", "spiffe:///ns/prod",
        "spiffe://example.org/ns/prod/sa/api?x", "spiffe://example.org/ns/prod/sa/%61",
      ] {
        expect(try await send("sub", #""\#(subject)""#), is: .failedInBody, "\(subject)")
      }
      expect(try await send("sub", nil), is: .failedInBody)
      expect(
        try await world.send(world.assertion()),
        is: .failedInBody,
        "by the type of RFC 7523 without iss"
      )
      expect(
        try await world.send(world.assertion(), ["client_assertion_type": type.uppercased()]),
        is: .failedInBody
      )
      expect(
        try await world.send(world.assertion(), ["client_assertion_type": type, "client_id": nil]),
        is: .failedInBody
      )
      expect(try await send("exp", nil), is: .failedInBody)
    }
  }

  @Test(
    "F12 an unknown client, an untrusted issuer, a failed condition and a wrong signature are answered alike"
  )
  func oneAnswer() async throws {
    try await FederationWorld.run { world in
      let responses = [
        try await world.send(world.assertion(), ["client_id": "nobody"]),
        try await world.send("iss", #""https://other.example""#),
        try await world.send("repository", #""acme/web""#), try await world.send("aud", #""other""#),
        try await world.send(world.assertion(by: TestSigner(.rs256))),
        try await world.send(world.assertion(), ["client_id": nil]),
      ]
      for response in responses { expect(response, is: .failedInBody) }
      #expect(Set(responses.map(\.body)).count == 1)
      try await world.expectTwinPasses()
    }
  }

  @Test func theUseOfATrustIsNoted() async throws {
    try await FederationWorld.run { world in
      try await world.expectTwinPasses()
      try await world.server.replica.recordSecretUses()
      let uses = try await world.server.store.secretUses(of: world.client.id)
      #expect(uses.map(\.secret) == ["platform"])
    }
  }
}
