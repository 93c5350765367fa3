import TesseraTestSupport
import Testing

/// What a gateway asks for at /oauth2/verify, and what its callers can make of it.
@Suite struct VerifyQueryTests {
  @Test(
    "V1 a scope or an audience that is there and empty is refused",
    arguments: [
      "scope=", "scope", "scope=,", "scope=%20", "scope=+", "scope=,+,", "scope=%2C", "audience=", "audience",
      "audience=&scope=item", "scope=&audience=https://api.ants.tech", "scope=item,", "scope=,item",
      "scope=item,,event", "scope=item,+", "scope=&any=true", "%73cope=",
    ]
  )
  func empty(query: String) async throws {
    try await TokenWorld.run { world async throws in
      try await expectRefusal(of: query, world)
    }
  }

  @Test(
    "V2 without scope and audience the check needs any=true",
    arguments: [
      "", "scopes=item", "Scope=item", "SCOPE=item", "Audience=https://api.ants.tech", "aud=x",
      "scope%3Ditem",
      "any=", "any", "any=false", "any=1", "any=TRUE", "any=true%20", "Any=true", "scope=item&any=false",
      "x=1",
      "&", "=", "=item", "%zzscope=item", "scope%=item", "+scope=item", "scope%00=item",
    ]
  )
  func nothingAsked(query: String) async throws {
    try await TokenWorld.run { world async throws in
      try await expectRefusal(of: query, world)
    }
  }

  @Test("V2 any=true asks for no scope, and makes no other check void")
  func any() async throws {
    try await TokenWorld.run { world async throws in
      let bearer = "Bearer \(world.token)"
      for query in ["any=true", "any=%74rue", "scope=item&any=true", "any=true&scope=item"] {
        #expect(try await world.verify(query, authorization: bearer).status == 200, "\(query)")
      }
      #expect(try await world.verify("any=true&scope=profile", authorization: bearer).status == 403)
      #expect(
        try await world.verify("any=true&audience=https://b.example", authorization: bearer).status == 401
      )
      #expect(try await world.verify("any=true", authorization: "Bearer x").status == 401)
      #expect(try await world.verify("any=true", authorization: nil).status == 401)
    }
  }

  @Test(
    "V3 what counts cannot be given twice, however it is written",
    arguments: [
      "scope=item&scope=item", "scope=profile&scope=item", "scope=item&scope=", "scope=item&scope",
      "scope=item&%73cope=item", "scope=item&scop%65",
      "audience=https://api.ants.tech&audience=https://api.ants.tech",
      "any=true&any=true", "any=true&%61ny=true", "scope=item&any=true&any=true",
      // As gateways append the query of the request they hold.
      "scope=item&path=/items?page=1&scope=profile", "scope=profile&path=/items?a=1&any=true&any=true",
    ]
  )
  func repeated(query: String) async throws {
    try await TokenWorld.run { world async throws in
      try await expectRefusal(of: query, world)
    }
  }

  @Test(
    "V3 what counts must be text, and what it should be",
    arguments: [
      "scope=%", "scope=it%22em", "scope=it%E9m", "scope=%00", "scope=item%2", "audience=%zz",
      "audience=https://api.ants.tech%23x", "audience=%22",
    ]
  )
  func malformed(query: String) async throws {
    try await TokenWorld.run { world async throws in
      try await expectRefusal(of: query, world)
    }
  }

  @Test(
    "V3 every other parameter changes nothing, whatever it holds",
    arguments: [
      "path=/items?page=1&tag=a&tag=b", "d=100%", "n=Jos%E9", "n=%00", "x=%zz&%zz=x", "&&&", "=", "a=b=c",
      "a;b",
      "Scope=profile&SCOPE=profile&scopes=profile", "scope%20=profile", "scope%00=profile", "scope%=profile",
      "xscope=profile", "access_token", "access_token=", "accesstoken=x", "client_secret=x&client_secret=x",
      "?scope=profile", "path=/items?scope=profile",
    ]
  )
  func others(query: String) async throws {
    try await TokenWorld.run { world async throws in
      let bearer = "Bearer \(world.token)"
      for query in ["scope=item&\(query)", "\(query)&scope=item"] {
        #expect(try await world.verify(query, authorization: bearer).status == 200, "\(query)")
      }
      #expect(try await world.verify("scope=profile&\(query)", authorization: bearer).status == 403)
      #expect(try await world.verify("scope=item&\(query)", authorization: nil).status == 401)
    }
  }

  @Test("V3 a query with a fragment is no HTTP, and is not answered 200")
  func fragment() async throws {
    try await TokenWorld.run { world async throws in
      let bearer = "Bearer \(world.token)"
      #expect(try await world.verify("scope=item&#scope=profile", authorization: bearer).status == 400)
      #expect(try await world.verify("scope=item&%23scope=profile", authorization: bearer).status == 200)
    }
  }

  @Test("V3 a thousand other parameters, and bytes that are no text, change nothing")
  func manyOthers() async throws {
    try await TokenWorld.run { world async throws in
      let many = (0..<1000).map { _ in "tag=a" }.joined(separator: "&")
      let response = try await world.verify("scope=item&\(many)", authorization: "Bearer \(world.token)")
      #expect(response.status == 200)
      let connection = try await TestConnection(port: world.server.port)
      let start = Array("GET /oauth2/verify?scope=item&n=".utf8)
      let end = " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(world.token)\r\n\r\n"
      await connection.send(start + [0xE9, 0xFF, 0xC0] + Array(end.utf8))
      // A listener may refuse such a target; the check may not fail by it, and may not pass without its scope.
      let status = try await connection.response()?.status
      #expect(status == 200 || status == 400)
      await connection.close()
    }
  }

  @Test("X1 a token in the query is refused, also beside one in the header and under an escaped name")
  func tokenInQuery() async throws {
    try await TokenWorld.run { world async throws in
      for name in ["access_token", "%61ccess_token"] {
        let query = "scope=item&path=/items?a=1&\(name)=\(world.token)"
        for authorization in [nil, "Bearer \(world.token)"] {
          let response = try await world.verify(query, authorization: authorization)
          #expect(response.status == 400)
          #expect(response.header("www-authenticate")?.contains(#"error="invalid_request""#) == true)
        }
      }
    }
  }

  /// Refused with a good token and without one, so that nobody believes in a check that is none.
  private func expectRefusal(of query: String, _ world: TokenWorld) async throws {
    for authorization in ["Bearer \(world.token)", nil] {
      let response = try await world.verify(query, authorization: authorization)
      #expect(response.status == 400, "\(query)")
      #expect(response.member("error")?.hasPrefix("invalid_") == true, "\(query)")
      #expect(response.header("x-auth-client-id") == nil)
    }
  }
}
