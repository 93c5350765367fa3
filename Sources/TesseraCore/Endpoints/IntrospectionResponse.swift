import TesseraJOSE

/// The answer to an introspection request (RFC 7662 §2.2).
enum IntrospectionResponse {
  /// What an active token says.
  ///
  /// Times are whole seconds, rounded down, so that nobody believes in a token for longer than it lives.
  static func active(_ token: OpenedToken, claims: [String: String], issuer: String) -> [UInt8] {
    let grant = token.grant
    var json = JSONText(capacity: 384)
    json.append(#"{"active":true,"scope":""#)
    json.append(unescaped: grant.access.spaceSeparatedScopes)
    json.append(#"","client_id":""#)
    json.append(grant.clientID)
    json.append(#"","token_type":""#)
    json.append(grant.confirmation?.tokenType ?? "Bearer")
    json.append(#"","exp":"#)
    json.append(Int(grant.expiresAt.milliseconds / 1000))
    json.append(#","iat":"#)
    json.append(Int(grant.issuedAt.milliseconds / 1000))
    json.append(#","sub":""#)
    json.append(grant.clientID)
    json.append(#"","aud":"#)
    json.append(audiences: grant.audiences)
    json.append(#","iss":""#)
    json.append(escaped: issuer)
    json.append(#"","jti":""#)
    json.append(unescaped: token.id.description)
    json.append(#"""#)
    grant.confirmation?.append(to: &json)
    json.append(claims: claims)
    json.append("}")
    return json.bytes
  }
}
