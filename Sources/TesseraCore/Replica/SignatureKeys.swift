import TesseraJOSE

/// The public keys that a client has registered, ready to verify with.
final class SignatureKeys: Sendable {
  /// Whose signature something is.
  enum Signer {
    case verified(ClientKey)
    /// Of a key that it has not registered.
    case unknownKey
    case invalid
  }

  private let registered: [ClientKey]
  private let keys: VerificationKeys?

  init(of client: Client) {
    registered = client.keyMetadata.keys.filter { $0.jwk != nil }
    keys = VerificationKeys(registered.compactMap(\.jwk))
  }

  /// By which of the keys it was signed; takes as long where there is none.
  func signer(of text: JWS) -> Signer {
    guard let keys else {
      VerificationKeys.verifyInVain(text)
      return .unknownKey
    }
    switch keys.signer(of: text) {
    case .verified(let jwk):
      // Of one that is registered twice, the entry that works longest.
      let entries = registered.filter { $0.jwk == jwk }
      let longest = entries.max { $0.expiresAt ?? .distantFuture < $1.expiresAt ?? .distantFuture }
      return longest.map(Signer.verified) ?? .invalid
    case .unknownKey: return .unknownKey
    case .invalid: return .invalid
    }
  }
}
