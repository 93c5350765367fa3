import TesseraCore
import TesseraJOSE
import TesseraTestSupport
import Testing

/// How an assertion is written (RFC 7515, RFC 8725).
@Suite(.everyDoor) struct AssertionFormTests {
  @Test("J25 an unknown crit is refused")
  func critical() async throws {
    try await AssertionWorld.run { world in
      for json in [#"["exp"]"#, #"["b64"]"#, "[]", "null", #""x""#] {
        let assertion = world.assertion {
          $0.set("crit", json, inHeader: true)
          $0.set("exp", "1", inHeader: true)
        }
        expect(try await world.send(assertion), is: .failedInBody, "\(json)")
      }
      let uncritical = world.assertion { $0.set("x", "1", inHeader: true) }
      expect(try await world.send(uncritical), grants: "item", "what need not be understood")
    }
  }

  @Test("J26 an assertion of the type of something else is refused")
  func otherTypes() async throws {
    try await AssertionWorld.run { world in
      for type in [
        #""at+jwt""#, #""application/at+jwt""#, #""dpop+jwt""#, #""secevent+jwt""#, #""JOSE""#, #""""#,
        "null", "1",
        #"["JWT"]"#,
      ] {
        let assertion = world.assertion { $0.set("typ", type, inHeader: true) }
        expect(try await world.send(assertion), is: .failedInBody, "\(type)")
      }
      try await world.expectTwinPasses()
    }
  }

  @Test("J27 typ may be absent, JWT or client-authentication+jwt")
  func types() async throws {
    try await AssertionWorld.run { world in
      for type in [
        nil, #""JWT""#, #""jwt""#, #""client-authentication+jwt""#,
        #""application/client-authentication+jwt""#,
      ] {
        let assertion = world.assertion { $0.set("typ", type, inHeader: true) }
        expect(try await world.send(assertion), grants: "item", "\(type ?? "none")")
      }
    }
  }

  @Test("J28 repeated members are refused")
  func repeated() async throws {
    try await AssertionWorld.run { world in
      for (name, json) in [("alg", #""ES256""#), ("kid", #""k1""#), ("x", "1")] {
        let assertion = world.assertion { $0.header = [(name, json), (name, json)] }
        expect(try await world.send(assertion), is: .failedInBody, "\(name)")
      }
      for claim in world.server.assertion(of: world.client).claims {
        expect(
          try await world.send(world.assertion { $0.claims.append(claim) }),
          is: .failedInBody,
          "\(claim.0)"
        )
        let other = (claim.0, #""x""#)
        expect(try await world.send(world.assertion { $0.claims.insert(other, at: 0) }), is: .failedInBody)
      }
      let nested = world.assertion { $0.set("x", #"{"a":1,"a":2}"#) }
      expect(try await world.send(nested), is: .failedInBody, "in a claim that nobody reads")
      expect(try await world.send("x", #"{"a":1,"b":2}"#), grants: "item", "the twin")
    }
  }

  @Test("J29 JWE, the JSON serialisation, padding and extra dots are refused")
  func otherForms() async throws {
    try await AssertionWorld.run { world in
      let parts = world.assertion().split(separator: ".").map(String.init)
      let (header, payload, signature) = (parts[0], parts[1], parts[2])
      for text in [
        "\(header).\(payload).\(signature).", ".\(header).\(payload).\(signature)",
        "\(header)..\(payload).\(signature)", "\(header).\(payload)", "\(header).\(payload).", "..", ".", "x",
        "\(header).\(payload).\(signature)=", "\(header)=.\(payload).\(signature)",
        "\(header).\(payload)==.\(signature)", "\(header).\(payload).\(signature)\n",
        " \(header).\(payload).\(signature)", "\(header).\(payload).\(signature).\(payload).\(signature)",
        #"{"protected":"\#(header)","payload":"\#(payload)","signature":"\#(signature)"}"#,
        #"{"payload":"\#(payload)","signatures":[{"protected":"\#(header)","signature":"\#(signature)"}]}"#,
        "\(header).\(payload).\(signature.dropLast())", "\(header).\(payload).\(signature)A",
        "\(payload).\(header).\(signature)", "\(header).\(header).\(signature)", "%\(header)",
        String(repeating: "a.", count: 5000),
      ] {
        expect(try await world.send(text), is: .failedInBody, "\(text.prefix(40))")
      }
      expect(try await world.send("\(header).\(payload).\(signature)"), grants: "item")
    }
  }
}
