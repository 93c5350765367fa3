/// What others are told of.
package enum SecurityEventKind: Sendable, Hashable {
  /// Something that was done, which the audit log has.
  case audit(AuditEvent.Action)
  /// A client secret expires soon.
  case secretExpiring
  /// A key or a certificate of a client expires soon.
  case clientKeyExpiring
  /// The certificate of a listener expires soon, or has expired.
  case certificateExpiring
  /// The audit log is not what was signed.
  case auditAltered
  /// Somebody tries whether it arrives.
  case test

  /// All that can be chosen.
  package static let all: [SecurityEventKind] =
    AuditEvent.Action.allCases.map(SecurityEventKind.audit)
    + [.secretExpiring, .clientKeyExpiring, .certificateExpiring, .auditAltered]

  /// Those that are told when nobody has chosen: all but single revocations, of which there can be thousands a day.
  package static let usual = Set(all).subtracting([.audit(.tokenRevoked)])

  /// Nil when none that can be chosen has this name.
  package init?(_ name: String) {
    guard let known = SecurityEventKind.all.first(where: { $0.name == name }) else { return nil }
    self = known
  }

  package var name: String {
    switch self {
    case .audit(let action): action.rawValue
    case .secretExpiring: "secret.expiring"
    case .clientKeyExpiring: "client.key.expiring"
    case .certificateExpiring: "certificate.expiring"
    case .auditAltered: "audit.altered"
    case .test: "test"
    }
  }

  /// What it is called in a Security Event Token (RFC 8417 §2.2 `events`).
  package var uri: String { "urn:tessera:event:" + name }
}

extension ExpiringCredential.Kind {
  /// What others are told of when one expires soon.
  var event: SecurityEventKind { self == .secret ? .secretExpiring : .clientKeyExpiring }
}

extension Set<SecurityEventKind> {
  /// The actions of the audit log that are among these.
  package var actions: Set<AuditEvent.Action> {
    Set<AuditEvent.Action>(
      compactMap { kind in
        if case .audit(let action) = kind { action } else { nil }
      }
    )
  }
}
