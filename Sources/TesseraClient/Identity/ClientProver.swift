/// What proves who the client is.
enum ClientProver: Sendable {
  case secret(CredentialsReader, ClientAuthentication)
  case privateKey(AssertionMaker)
  case platformToken(PlatformTokenReader, clientID: String?, AssertionType)
  case certificate(clientID: String)

  /// The proof for one request, and for no other.
  func proof(within limit: Duration) async throws(TokenRequestError) -> ClientProof {
    switch self {
    case .secret(let reader, let authentication): return ClientProof(try reader.current(), authentication)
    case .privateKey(let maker): return try maker.proof()
    case .platformToken(let reader, let clientID, let type):
      let token = try await reader.current(within: limit)
      return ClientProof(assertion: token, type, clientID: clientID, .text(token))
    case .certificate(let clientID): return ClientProof(clientID: clientID)
    }
  }

  /// Which credentials there are now; nil where only asking the platform would tell.
  func version() throws(TokenRequestError) -> CredentialsVersion? {
    switch self {
    case .secret(let reader, _): .secret(try reader.current())
    case .privateKey(let maker): try maker.key.current().version
    case .platformToken(let reader, _, _): try reader.local().map { .text($0) }
    case .certificate: .fixed
    }
  }
}
