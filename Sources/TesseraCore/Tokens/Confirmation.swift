import TesseraJOSE

/// The key that a token is bound to (RFC 7800 §3.1): who uses the token has to prove that it has the key.
package enum Confirmation: Sendable, Equatable {
  /// The client certificate with this SHA-256 of its DER (RFC 8705 §3.1, `x5t#S256`).
  case certificate(thumbprint: [UInt8])
  /// The key with this SHA-256 thumbprint (RFC 7638, RFC 9449 §6.1, `jkt`), by which proofs are signed.
  case key(thumbprint: [UInt8])

  /// How many bytes a thumbprint has.
  package static let thumbprintLength = 32

  /// What introspection says that the token is used as (RFC 6749 §7.1, RFC 9449 §5).
  package var tokenType: StaticString {
    switch self {
    case .certificate: "Bearer"
    case .key: "DPoP"
    }
  }

  /// The thumbprint.
  package var thumbprint: [UInt8] {
    switch self {
    case .certificate(let thumbprint), .key(let thumbprint): thumbprint
    }
  }

  private var member: StaticString {
    switch self {
    case .certificate: "x5t#S256"
    case .key: "jkt"
    }
  }

  /// The claim `cnf` with its name, after another member.
  func append(to json: inout JSONText) {
    json.append(#","cnf":{""#)
    json.append(member)
    json.append(#"":""#)
    json.append(unescaped: Base64URL.encode(thumbprint))
    json.append(#""}"#)
  }

  /// That of a claim `cnf`; nil for one of another kind.
  init?(_ claim: JSON) {
    guard let members = claim.members, members.count == 1, let member = members.first,
      let thumbprint = member.value.text.flatMap({ Base64URL.decode($0.utf8) }),
      thumbprint.count == Confirmation.thumbprintLength
    else { return nil }
    switch member.key {
    case "x5t#S256": self = .certificate(thumbprint: thumbprint)
    case "jkt": self = .key(thumbprint: thumbprint)
    default: return nil
    }
  }
}
