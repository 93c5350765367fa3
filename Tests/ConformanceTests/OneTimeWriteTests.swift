import TesseraCore
import TesseraStoreTesting
import TesseraTestSupport
import Testing

/// What a request writes, it writes once, however often it has to wait.
@Suite(.registeredForAToy, .everyDoor) struct OneTimeWriteTests {
  /// Looks a client up after the voucher was redeemed, which has to be read from the store.
  private struct WaitingGrant: GrantHandler {
    let vouchers: VoucherGrant
    let replica: ReplicaReader
    let other: ClientID

    var grantType: GrantType { vouchers.grantType }
    var parameters: [ParameterName] { vouchers.parameters }

    func authorize(_ request: GrantRequest, _ exchange: inout Exchange) throws(Interruption) -> AccessGrant {
      let grant = try vouchers.authorize(request, &exchange)
      _ = try exchange.view.client(other, of: replica)
      return grant
    }
  }

  private func run(
    _ makeGrant: @escaping @Sendable (VoucherGrant, ReplicaReader) -> any GrantHandler,
    _ body: (TestServer, TestClient, VoucherBook) async throws -> Void
  ) async throws {
    let book = VoucherBook(["spring": ["item"], "autumn": ["item"]])
    var options = TestServer.Options()
    options.adding = { $0.grants.append(makeGrant(VoucherGrant(book: book), $0.replica)) }
    try await TestServer.run(options) { server in
      _ = try await server.makeClient { $0.id = "other" }
      let client = try await server.makeClient()
      try await server.change(client) { $0.grantTypes = [.voucher] }
      try await body(server, client, book)
    }
  }

  private func request(_ voucher: String, by client: TestClient) -> TestRequest {
    client.tokenRequest(["grant_type": GrantType.voucher.name, "scope": nil, "voucher": voucher])
  }

  private static let used = ContractError(
    status: 400,
    name: "invalid_grant",
    reason: "The voucher is unknown or used"
  )

  @Test func oneRequestClaimsOnce() async throws {
    try await run({ grant, _ in grant }) { server, client, book in
      expect(try await server.send(request("spring", by: client)), grants: "item")
      #expect(book.claims == 1)
    }
  }

  @Test func anotherWaitAfterItClaimsNothingAgain() async throws {
    let other = try #require(ClientID("other"))
    try await run({ WaitingGrant(vouchers: $0, replica: $1, other: other) }) { server, client, book in
      let reads = server.store.readCount
      expect(try await server.send(request("spring", by: client)), grants: "item")
      #expect(server.store.readCount == reads + 2, "the client, and the other after the claim")
      #expect(book.claims == 1)
    }
  }

  @Test func twoRequestsClaimTwiceAndTheSecondIsRefused() async throws {
    try await run({ grant, _ in grant }) { server, client, book in
      expect(try await server.send(request("spring", by: client)), grants: "item")
      expect(try await server.send(request("spring", by: client)), is: OneTimeWriteTests.used)
      #expect(book.claims == 2)
      expect(try await server.send(request("autumn", by: client)), grants: "item", "it was the voucher")
    }
  }

  @Test func ofManyRequestsAtOnceOneIsGranted() async throws {
    try await run({ grant, _ in grant }) { server, client, book in
      let request = request("spring", by: client)
      let door = Door.current
      let statuses = try await withThrowingTaskGroup { group in
        for _ in 0..<20 {
          group.addTask {
            try await Door.$current.withValue(door) { try await server.send(request).status }
          }
        }
        return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      }
      #expect(statuses == [200: 1, 400: 19] && book.claims == 20, "\(statuses)")
    }
  }
}
