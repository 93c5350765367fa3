import TesseraJOSE

/// The key taken as proven that a token would be bound to: for a decision that is explained to an operator, never for a
/// request that came from outside.
struct AssumedBinding: TokenBinding {
  func confirmation(
    for client: AuthenticatedClient,
    _ exchange: inout Exchange
  ) throws(Interruption) -> Confirmation? {
    let metadata = client.registration.keyMetadata
    let thumbprint = [UInt8](repeating: 0, count: Confirmation.thumbprintLength)
    if metadata.isCertificateBound { return .certificate(thumbprint: thumbprint) }
    return metadata.isDPoPBound || metadata.profile != nil ? .key(thumbprint: thumbprint) : nil
  }
}
