import TesseraJOSE
import TesseraTestSupport
import Testing

@testable import TesseraCore

/// What a flood of refused requests can push out of the memory of them.
@Suite struct DenialMemoryTests {
  private static let bounds: DenialMemory.Bounds = {
    var bounds = DenialMemory.Bounds()
    (bounds.capacity, bounds.share) = (8, 3)
    return bounds
  }()

  private func denial(_ id: String, of client: String?, from address: String, _ code: OAuthError.Code)
    throws -> Denial
  {
    var error = OAuthError(code, .requestedScopeIsInvalid)
    error.clientID = try client.map { try #require(ClientID($0)) }
    return Denial(
      requestID: id,
      time: Timestamp(milliseconds: 0),
      endpoint: "/oauth/token",
      source: try #require(SourceAddress(address)),
      traceID: nil,
      status: 400,
      error: error
    )
  }

  @Test func oneClientPushesOutOnlyItsOwn() throws {
    var memory = DenialMemory(Self.bounds)
    memory.add(try denial("a-1", of: "other", from: "10.0.0.1", .invalidScope))
    for number in 0..<1000 {
      memory.add(try denial("b-\(number)", of: "loud", from: "10.0.\(number % 256).2", .invalidScope))
    }
    #expect(memory.all.map(\.requestID) == ["a-1", "b-997", "b-998", "b-999"])
  }

  @Test func strangersPushOutNoClientThatHasProvenWhoItIs() throws {
    var memory = DenialMemory(Self.bounds)
    memory.add(try denial("a-1", of: "client", from: "10.0.0.1", .invalidScope))
    for number in 0..<1000 {
      let address = "10.\(number / 256).\(number % 256).2"
      // Who only claims to be the client is a stranger, too.
      memory.add(try denial("b-\(number)", of: "client", from: address, .invalidClient))
    }
    #expect(memory.all.first?.requestID == "a-1")
    #expect(memory.all.count == 1 + Self.bounds.capacity)
    #expect(memory.all.last?.requestID == "b-999")
  }

  @Test func oneNetworkPushesOutOnlyItsOwn() throws {
    var memory = DenialMemory(Self.bounds)
    memory.add(try denial("a-1", of: nil, from: "2001:db8:1::1", .invalidClient))
    for number in 0..<1000 {
      memory.add(try denial("b-\(number)", of: nil, from: "10.0.0.\(number % 256)", .invalidClient))
    }
    #expect(memory.all.map(\.requestID) == ["a-1", "b-997", "b-998", "b-999"])
  }

  @Test func manyClientsPushOutTheOldest() throws {
    var memory = DenialMemory(Self.bounds)
    for number in 0..<20 {
      memory.add(try denial("a-\(number)", of: "client \(number)", from: "10.0.0.1", .invalidScope))
    }
    #expect(memory.all.map(\.requestID) == (12..<20).map { "a-\($0)" })
  }

  @Test func aNodeKnowsItsRequestsByTheirPrefix() {
    let recent = RecentDenials([], requestPrefixes: ["abcdefgh-", "23456723-"])
    for (id, isOfThisNode) in [
      ("abcdefgh-1", true), ("23456723-99", true), ("abcdefgh-", false), ("abcdefgh-x", false),
      ("abcdefgh--1", false), ("abcdefgi-1", false), ("", false), ("1", false),
    ] {
      #expect(recent.isOfThisNode(id) == isOfThisNode, "\(id)")
      #expect(recent.denial(of: id) == nil)
    }
  }
}
