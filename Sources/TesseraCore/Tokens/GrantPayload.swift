/// The compact binary form of an access grant inside a sealed token.
///
/// A flag byte (1: the client ID is a UUID), the client ID (16 bytes, or length and text), the grant's code,
/// issued-at in milliseconds, lifetime in milliseconds, the scopes and the audiences. Numbers are unsigned
/// LEB128; a text is its length and its UTF-8; a list is its count and its texts.
enum GrantPayload {
  /// What does not change from one token to the next.
  struct Terms: Sendable {
    let beforeTimes: [UInt8]
    let afterTimes: [UInt8]

    init(_ clientID: ClientID, _ grantType: GrantType, _ scopes: ScopeSet, _ audiences: [Resource]) {
      var before = BinaryWriter()
      if let uuid = UUIDText.bytes(of: clientID.rawValue) {
        before.append(byte: 1)
        before.append(uuid)
      } else {
        before.append(byte: 0)
        before.append(text: clientID.rawValue)
      }
      before.append(byte: grantType.code)
      beforeTimes = before.bytes
      var after = BinaryWriter()
      after.append(number: UInt64(scopes.scopes.count))
      for scope in scopes.scopes { after.append(text: scope.name) }
      after.append(number: UInt64(audiences.count))
      for audience in audiences { after.append(text: audience.uri) }
      afterTimes = after.bytes
    }
  }

  static func encode(_ grant: AccessGrant) -> [UInt8] {
    let terms = grant.terms.sealedForm
    // Two numbers of at most ten bytes.
    var writer = BinaryWriter(capacity: terms.beforeTimes.count + terms.afterTimes.count + 20)
    writer.append(terms.beforeTimes)
    writer.append(number: UInt64(max(0, grant.issuedAt.milliseconds)))
    writer.append(number: UInt64(max(0, grant.expiresAt.milliseconds - grant.issuedAt.milliseconds)))
    writer.append(terms.afterTimes)
    return writer.bytes
  }

  /// Nil for anything that `encode` would not write.
  static func decode(_ bytes: [UInt8]) -> AccessGrant? {
    var reader = BinaryReader(bytes)
    guard let clientID = clientID(&reader), let grantType = reader.byte().flatMap(GrantType.init(code:)),
      let issuedAt = reader.number().flatMap(Int64.init(exactly:)),
      let lifetime = reader.number().flatMap(Int64.init(exactly:)),
      let scopes = reader.list(Scope.init), let audiences = reader.list(Resource.init), reader.isAtEnd
    else { return nil }
    let issued = Timestamp(milliseconds: issuedAt)
    return AccessGrant(
      GrantTerms(clientID: clientID, grantType: grantType, scopes: ScopeSet(scopes), audiences: audiences),
      issuedAt: issued,
      expiresAt: issued.advanced(byMilliseconds: lifetime)
    )
  }

  private static func clientID(_ reader: inout BinaryReader) -> ClientID? {
    switch reader.byte() {
    case 1: reader.bytes(count: 16).map { ClientID(validated: UUIDText.text(of: $0)) }
    case 0: reader.text().flatMap(ClientID.init)
    default: nil
    }
  }
}
