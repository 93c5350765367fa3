import TesseraJOSE

/// How long the tokens of a client can become, and how long one may be.
///
/// A token is worth nothing where it cannot be sent: this server reads header fields of 8 KiB, and so do many others.
package enum AccessTokenLength {
  /// The most characters of a token.
  ///
  /// With `Authorization: Bearer ` and the end of the line it is a header field of fewer than 8 KiB. In a form (RFC 7662
  /// §2.1, RFC 7009 §2.1) there is room for twice as much.
  package static let maximum = 8192 - 32

  /// The most characters of any token that this client can get.
  ///
  /// APIs that want the same format and algorithm, or do not care, share tokens, which can have all the scopes of
  /// theirs.
  static func greatest(
    of client: Client,
    scopes: [ScopeDefinition],
    resources: [ResourceDefinition]
  ) -> Int {
    let granted = scopes.filter { $0.retiredAt == nil && client.scopes.contains($0.scope) }
    let wanted = resources.filter { resource in
      resource.retiredAt == nil && granted.contains { $0.resource == resource.resource }
    }
    func access(_ shared: [ResourceDefinition]) -> GrantedAccess {
      let audiences = shared.map(\.resource)
      let names = granted.filter { audiences.contains($0.resource) }.map(\.scope)
      return GrantedAccess(scopes: ScopeSet(names), audiences: audiences.sorted())
    }
    var greatest = 0
    for format in Set(wanted.map { $0.tokenFormat ?? client.tokenFormat }) {
      let sharing = wanted.filter { ($0.tokenFormat ?? format) == format }
      switch format {
      case .opaque:
        greatest = max(greatest, SealedAccessToken.greatestLength(of: access(sharing), for: client))
      case .jwt:
        for algorithm in Set(sharing.map { $0.signingAlgorithm ?? .es256 }) {
          let signed = access(sharing.filter { ($0.signingAlgorithm ?? algorithm) == algorithm })
          greatest = max(greatest, JWTAccessToken.greatestLength(of: signed, for: client, by: algorithm))
        }
      }
    }
    return greatest
  }
}

extension AccessGrant {
  /// A grant whose times take the most room there is, and which is bound where those of the client have to be.
  static func longest(_ access: GrantedAccess, for client: Client) -> AccessGrant {
    let isBound =
      client.keyMetadata.isCertificateBound || client.keyMetadata.isDPoPBound
      || client.keyMetadata.profile != nil
    let thumbprint = [UInt8](repeating: 0, count: Confirmation.thumbprintLength)
    return AccessGrant(
      clientID: client.id,
      grantType: .clientCredentials,
      access: access,
      issuedAt: .distantFuture,
      expiresAt: Timestamp.distantFuture.advanced(bySeconds: 31_536_000),
      confirmation: isBound ? .certificate(thumbprint: thumbprint) : nil
    )
  }
}
