import TesseraJOSE

/// What a client trusts, with the keys that are given for it ready to verify with.
final class TrustKeys: Sendable {
  let trusts: [(trust: ClientTrust, given: VerificationKeys?)]

  init(of client: Client) {
    trusts = client.keyMetadata.trusts.map { trust in
      guard case .given(let jwks) = trust.keys else { return (trust, nil) }
      return (trust, VerificationKeys(jwks))
    }
  }
}
