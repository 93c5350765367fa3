/// The keys of a client that few clients have, ready to verify with: its own, and those of the issuers that it trusts.
final class KeysInMemory: Sendable {
  let signature: SignatureKeys
  let trust: TrustKeys

  init(of client: Client) {
    signature = SignatureKeys(of: client)
    trust = TrustKeys(of: client)
  }
}
