import TesseraJOSE
import TesseraSupport

extension Administration {
  /// Makes one token inactive for the rest of its life.
  ///
  /// Doing it again changes nothing.
  ///
  /// A client with too many revoked tokens loses all that it has (`RevocationLimit`).
  package func revokeToken(_ token: OpenedToken) async throws(AdministrationError) {
    let audit = event(.tokenRevoked, token.id.description, ["client": token.grant.clientID.rawValue])
    _ = try await ask(
      about: .client,
      await store.insertRevocation(Revocation(of: token), limit: RevocationLimit(), audit: audit)
    )
  }

  /// Makes all tokens that a client has inactive; it can get new ones.
  @discardableResult
  package func revokeTokens(of id: ClientID) async throws(AdministrationError) -> Client {
    let now = clock.now
    return try await changeClient(id, audit: event(.clientTokensRevoked, id.rawValue)) {
      client throws(AdministrationError) in
      client.revokeTokens(at: now)
    }
  }

  /// Makes all tokens of all clients inactive; they can get new ones.
  package func revokeAllTokens() async throws(AdministrationError) {
    let audit = event(.allTokensRevoked, "server")
    try await ask(
      about: .server,
      await store.setTokensNotBefore(clock.now.justAfter, mayGoBack: false, audit: audit)
    )
  }
}
