import TesseraCore
import TesseraJOSE
import TesseraSupport
import TesseraTestSupport
import Testing

/// A server with a client that has a key for DPoP proofs.
struct DPoPWorld: Sendable {
  static let badProof = ContractError(
    status: 400,
    name: "invalid_dpop_proof",
    reason: "The DPoP proof is not valid"
  )
  static let missingProof = ContractError(
    status: 400,
    name: "invalid_dpop_proof",
    reason: "A DPoP proof is required"
  )
  static let nonceWanted = ContractError(
    status: 400,
    name: "use_dpop_nonce",
    reason: "The DPoP proof must have the nonce of this answer"
  )

  let server: TestServer
  let client: TestClient
  let key: ProofKey
  private let issuer: String

  static func run(
    _ options: TestServer.Options = TestServer.Options(),
    algorithm: String = "ES256",
    _ body: (DPoPWorld) async throws -> Void
  ) async throws {
    let key = try ProofKey(algorithm)
    try await TestServer.run(options) { server in
      try await body(
        DPoPWorld(server: server, client: try await server.makeClient(), key: key, issuer: options.issuer)
      )
    }
  }

  /// The time, in seconds since 1970.
  var now: Int64 { server.clocks.wall.now.milliseconds / 1000 }

  /// A good proof for a token request.
  var draft: ProofDraft { ProofDraft(key, issuer + Door.current.rawValue, at: now) }

  /// Asks for a token with these proofs.
  func ask(_ proofs: String..., changes: [String: String?] = [:]) async throws -> TestResponse {
    var request = client.tokenRequest(changes)
    for proof in proofs { request = request.adding("DPoP", proof) }
    return try await server.send(request)
  }

  /// The first is refused as every bad proof is, and the second is good.
  func expect(
    _ bad: ProofDraft,
    isRefusedUnlike good: ProofDraft,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await expectRefusal(of: bad.signed(), comment, sourceLocation: sourceLocation)
    #expect(try await ask(good.signed()).status == 200, comment, sourceLocation: sourceLocation)
  }

  /// The proof is refused as every bad proof is.
  func expectRefusal(
    of proof: String,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let response = try await ask(proof)
    ConformanceTests.expect(response, is: DPoPWorld.badProof, comment, sourceLocation: sourceLocation)
  }
}
