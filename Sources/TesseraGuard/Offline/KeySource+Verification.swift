import TesseraJOSE

extension KeySource {
  /// The key that a signature is of; nil when it is of none.
  ///
  /// An unknown key leads to one look at the key set of the token service.
  func signer(of text: JWS) async throws(FetchFailure) -> JWK? {
    let copy = try await copy()
    switch copy.publication.keys.match(text) {
    case .verified(let key): return key
    case .invalid: return nil
    case .unknownKey: break
    }
    let newer = try await self.copy(beyond: copy)
    if case .verified(let key) = newer.publication.keys.match(text) { return key }
    return nil
  }
}
