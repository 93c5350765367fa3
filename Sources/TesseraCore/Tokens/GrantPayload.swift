import TesseraJOSE

/// The compact binary form of an access grant inside a sealed token.
///
/// A byte of flags (1: the client ID is a UUID; 2: bound to a certificate; 4: bound to a key), the client ID (16 bytes, or
/// length and text), the grant's code, issued-at in milliseconds, lifetime in milliseconds, the thumbprint of what it is
/// bound to (32 bytes, if to anything), the scopes and the audiences. Numbers are unsigned
/// LEB128; a text is its length and its UTF-8; a list is its count and its texts.
enum GrantPayload {
  static func encode(_ grant: AccessGrant) -> [UInt8] {
    var writer = BinaryWriter()
    encode(grant, to: &writer)
    return writer.bytes
  }

  static func encode(_ grant: AccessGrant, to writer: inout some BinaryOutput) {
    let binding = flag(of: grant.confirmation)
    if let uuid = grant.clientID.uuid {
      writer.append(byte: 1 | binding)
      writer.append(uuid)
    } else {
      writer.append(byte: binding)
      writer.append(text: grant.clientID.rawValue)
    }
    writer.append(byte: grant.grantType.code)
    writer.append(number: UInt64(max(0, grant.issuedAt.milliseconds)))
    writer.append(number: UInt64(max(0, grant.expiresAt.milliseconds - grant.issuedAt.milliseconds)))
    if let confirmation = grant.confirmation { writer.append(confirmation.thumbprint) }
    writer.append(grant.access.sealedForm)
  }

  /// No less than what `encode` writes of this grant.
  static func capacity(for grant: AccessGrant) -> Int {
    let clientID = grant.clientID.uuid == nil ? longestNumber + grant.clientID.rawValue.utf8.count : 16
    return 2 + clientID + 2 * longestNumber + Confirmation.thumbprintLength + grant.access.sealedForm.count
  }

  /// The most bytes of a number.
  private static let longestNumber = 10

  private static func flag(of confirmation: Confirmation?) -> UInt8 {
    switch confirmation {
    case nil: 0
    case .certificate: 2
    case .key: 4
    }
  }

  /// The part with the scopes and audiences.
  static func encode(_ scopes: ScopeSet, _ audiences: [Resource]) -> [UInt8] {
    var writer = BinaryWriter()
    writer.append(number: UInt64(scopes.scopes.count))
    for scope in scopes.scopes { writer.append(text: scope.name) }
    writer.append(number: UInt64(audiences.count))
    for audience in audiences { writer.append(text: audience.uri) }
    return writer.bytes
  }

  /// Nil for anything that `encode` would not write.
  ///
  /// `access` finds what stands for these bytes of a token of this client, which many tokens share.
  static func decode(
    _ bytes: ArraySlice<UInt8>,
    access: ([UInt8], ClientID) -> GrantedAccess? = { form, _ in decodeAccess(form) }
  ) -> AccessGrant? {
    var reader = BinaryReader(bytes)
    guard let flags = reader.byte(), let clientID = clientID(&reader, isUUID: flags & 1 == 1),
      let grantType = reader.byte().map(GrantType.init(code:)),
      let issuedAt = reader.number().flatMap(Int64.init(exactly:)),
      let lifetime = reader.number().flatMap(Int64.init(exactly:)),
      let confirmation = confirmation(&reader, flags & ~1),
      let access = access(reader.rest, clientID)
    else { return nil }
    let issued = Timestamp(milliseconds: issuedAt)
    return AccessGrant(
      clientID: clientID,
      grantType: grantType,
      access: access,
      issuedAt: issued,
      expiresAt: issued.advanced(byMilliseconds: lifetime),
      confirmation: confirmation
    )
  }

  /// Reads the scopes and audiences; nil for anything that `encode` would not write.
  static func decodeAccess(_ bytes: [UInt8]) -> GrantedAccess? {
    var reader = BinaryReader(bytes[...])
    guard let scopes = reader.list(Scope.init), let audiences = reader.list(Resource.init(stored:)),
      reader.isAtEnd
    else {
      return nil
    }
    return GrantedAccess(scopes: ScopeSet(scopes), audiences: audiences)
  }

  private static func clientID(_ reader: inout BinaryReader, isUUID: Bool) -> ClientID? {
    isUUID
      ? reader.bytes(count: 16).map { ClientID(uuid: UUIDText.Value(bytes: $0)) }
      : reader.text().flatMap(ClientID.init)
  }

  /// What the token is bound to, by its flag; nil for a flag that there is not, or where the thumbprint is missing.
  private static func confirmation(_ reader: inout BinaryReader, _ flag: UInt8) -> Confirmation?? {
    guard flag != 0 else { return .some(nil) }
    guard flag == 2 || flag == 4, let thumbprint = reader.bytes(count: Confirmation.thumbprintLength) else {
      return nil
    }
    return flag == 2 ? .certificate(thumbprint: Array(thumbprint)) : .key(thumbprint: Array(thumbprint))
  }
}
