import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// What an assertion says (RFC 7521 §4.2, RFC 7523 §3).
@Suite(.everyDoor) struct AssertionClaimTests {
  @Test("J1 the assertion type is the URN of RFC 7523, to the letter")
  func type() async throws {
    try await AssertionWorld.run { world in
      for type in [
        "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", TestClient.jwtBearer.uppercased(),
        TestClient.jwtBearer + " ", "urn:ietf:params:oauth:grant-type:jwt-bearer", "jwt-bearer", nil,
      ] {
        let response = try await world.send(world.assertion(), ["client_assertion_type": type])
        expect(response, is: .failedInBody, "\(type ?? "none")")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("J2 the assertion is exactly one JWT")
  func exactlyOne() async throws {
    try await AssertionWorld.run { world in
      let (one, other) = (world.assertion(), world.assertion())
      for separator in [" ", ",", "\n", "."] {
        expect(try await world.send(one + separator + other), is: .failedInBody)
      }
      expect(try await world.server.send(world.client.tokenRequest(signed: "")), is: .failedInBody)
      let form =
        world.client.tokenForm(["client_id": nil, "client_secret": nil])
        + [
          ("client_assertion_type", TestClient.jwtBearer), ("client_assertion", one),
          ("client_assertion", other),
        ]
      expect(
        try await world.server.send(TestRequest(form: form)),
        is: .invalidRequest("Repeated parameter: client_assertion")
      )
      expect(try await world.send(one), grants: "item", "one of them")
    }
  }

  @Test("J3 a client_id beside the assertion is that of its subject")
  func clientID() async throws {
    try await AssertionWorld.run { world in
      expect(
        try await world.send(world.assertion(), ["client_id": "somebody"]),
        is: .invalidRequest("client_id does not match the authenticated client")
      )
      let id = world.client.id.rawValue
      expect(try await world.send(world.assertion(), ["client_id": id]), grants: "item")
      try await world.expectTwinPasses()
    }
  }

  @Test("J4 iss is the client's ID")
  func issuer() async throws { try await expectOnlyID(of: "iss") }

  @Test("J5 sub is the client's ID")
  func subject() async throws { try await expectOnlyID(of: "sub") }

  private func expectOnlyID(of claim: String) async throws {
    try await AssertionWorld.run { world in
      let other = try await world.server.makeClient()
      let id = world.client.id.rawValue
      for value in [
        #""\#(other.id.rawValue)""#, #""somebody""#, #""\#(id.uppercased()) ""#, #"["\#(id)"]"#, "1", #""""#,
        "null", nil,
      ] {
        expect(try await world.send(claim, value), is: .failedInBody, "\(value ?? "none")")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("J6 aud is the issuer, or a token endpoint unless strict")
  func audience() async throws {
    let endpoints = Door.allCases.map { #""\#(TestServer.issuer)\#($0.rawValue)""# }
    try await AssertionWorld.run { world in
      for endpoint in endpoints {
        expect(try await world.send("aud", endpoint), grants: "item", "\(endpoint)")
      }
      try await world.expectTwinPasses()
      try await world.server.change(world.client) { $0.keyMetadata.requiresStrictAssertions = true }
      for endpoint in endpoints {
        expect(try await world.send("aud", endpoint), is: .failedInBody, "\(endpoint), of a strict client")
      }
      try await world.expectTwinPasses()
    }
    try await AssertionWorld.run(isStrict: true) { world in
      for endpoint in endpoints {
        expect(try await world.send("aud", endpoint), is: .failedInBody, "\(endpoint), at a strict server")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("J7 another audience, or several, is refused")
  func otherAudience() async throws {
    try await AssertionWorld.run { world in
      let issuer = TestServer.issuer
      for audience in [
        #""https://other.example""#, #""\#(issuer)/""#, #""\#(issuer.uppercased())""#, #"["\#(issuer)"]"#,
        #"["\#(issuer)","https://other.example"]"#, #""\#(issuer) https://other.example""#, "[]", "1", #""""#,
        #""\#(issuer)/oauth2/introspect""#, nil,
      ] {
        expect(try await world.send("aud", audience), is: .failedInBody, "\(audience ?? "none")")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("J8 exp is there and in the future")
  func expiry() async throws {
    try await AssertionWorld.run { world in
      let now = world.server.seconds
      for end in [nil, "null", "0", "\(now - 3600)", "\(now - 1)", "\(now)"] {
        expect(try await world.send("exp", end), is: .failedInBody, "\(end ?? "none")")
      }
      expect(try await world.send("exp", "\(now + 1)"), grants: "item")
    }
  }

  @Test("J9 an exp further ahead than the limit is refused")
  func lateExpiry() async throws {
    for (isStrict, limit) in [(false, 3600), (true, 300)] {
      try await AssertionWorld.run(isStrict: isStrict) { world in
        let now = world.server.seconds
        for end in [now + Int64(limit) + 1, now + 86_400, 253_402_300_799] {
          expect(try await world.send("exp", "\(end)"), is: .failedInBody, "\(end - now) s")
        }
        expect(try await world.send("exp", "\(now + Int64(limit))"), grants: "item", "\(limit) s")
        // Of a client whose clock is ahead.
        let ahead = world.assertion {
          $0.set("iat", "\(now + 10)")
          $0.set("exp", "\(now + 10 + Int64(limit))")
        }
        expect(try await world.send(ahead), grants: "item")
      }
    }
  }

  @Test("J10 an nbf in the future is refused")
  func notBefore() async throws {
    try await AssertionWorld.run { world in
      let now = world.server.seconds
      expect(try await world.send("nbf", "\(now + 30)"), is: .failedInBody)
      expect(try await world.send("nbf", "\(now)"), grants: "item")
    }
  }

  @Test("J11 an iat or nbf up to 10 s ahead is accepted", arguments: ["iat", "nbf"])
  func slightlyAhead(claim: String) async throws {
    try await AssertionWorld.run { world in
      for seconds in [1, 9, 10] as [Int64] {
        let time = "\(world.server.seconds + seconds)"
        expect(try await world.send(claim, time), grants: "item", "\(seconds) s")
      }
    }
  }

  @Test("J12 an iat or nbf more than 60 s ahead is refused", arguments: ["iat", "nbf"])
  func farAhead(claim: String) async throws {
    try await AssertionWorld.run { world in
      for seconds in [61, 3600] as [Int64] {
        let time = "\(world.server.seconds + seconds)"
        expect(try await world.send(claim, time), is: .failedInBody, "\(seconds) s")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("J13 a stale iat is refused")
  func staleIssue() async throws {
    for (isStrict, limit) in [(false, 3600), (true, 300)] as [(Bool, Int64)] {
      try await AssertionWorld.run(isStrict: isStrict) { world in
        let now = world.server.seconds
        expect(try await world.send("iat", "\(now - limit - 1)"), is: .failedInBody, "\(limit) s")
        expect(try await world.send("iat", "0"), is: .failedInBody)
        expect(try await world.send("iat", "\(now - limit + 1)"), grants: "item", "\(limit) s")
        expect(try await world.send("iat", nil), grants: "item", "it may be left out")
      }
    }
  }

  @Test("J32 dates that are no numbers, or too great, are refused", arguments: ["exp", "nbf", "iat"])
  func oddDates(claim: String) async throws {
    try await AssertionWorld.run { world in
      for date in [
        #""\#(world.server.seconds)""#, "-1", "-1e400", "1e400", "9007199254740993", "18446744073709551616",
        "1e300", "-0.5", "null", "true", "{}", "[\(world.server.seconds)]", #""""#,
      ] {
        expect(try await world.send(claim, date), is: .failedInBody, "\(date)")
      }
      try await world.expectTwinPasses()
      expect(try await world.send("exp", "\(world.server.seconds + 60).5"), grants: "item", "a fraction")
    }
  }
}
