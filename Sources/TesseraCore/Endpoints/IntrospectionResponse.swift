/// The answer to an introspection request (RFC 7662 §2.2).
enum IntrospectionResponse {
  /// What an active token says.
  ///
  /// Times are whole seconds, rounded down, so that nobody believes in a token for longer than it lives.
  static func active(_ token: OpenedToken, issuer: String) -> [UInt8] {
    let grant = token.grant
    var json = JSONText(capacity: 384)
    json.append(#"{"active":true,"scope":""#)
    json.append(unescaped: grant.scopes.joined(by: " "))
    json.append(#"","client_id":""#)
    json.append(escaped: grant.clientID.rawValue)
    json.append(#"","token_type":"Bearer","exp":"#)
    json.append(Int(grant.expiresAt.milliseconds / 1000))
    json.append(#","iat":"#)
    json.append(Int(grant.issuedAt.milliseconds / 1000))
    json.append(#","sub":""#)
    json.append(escaped: grant.clientID.rawValue)
    json.append(#"","aud":"#)
    append(grant.audiences, to: &json)
    json.append(#","iss":""#)
    json.append(escaped: issuer)
    json.append(#"","jti":""#)
    json.append(unescaped: token.id.description)
    json.append(#""}"#)
    return json.bytes
  }

  /// One audience is a string, several are an array (RFC 7519 §4.1.3).
  private static func append(_ audiences: [Resource], to json: inout JSONText) {
    if audiences.count != 1 { json.append("[") }
    for (index, audience) in audiences.enumerated() {
      json.append(index == 0 ? #"""# : #",""#)
      json.append(escaped: audience.uri)
      json.append(#"""#)
    }
    if audiences.count != 1 { json.append("]") }
  }
}
