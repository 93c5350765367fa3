import Crypto
package import TesseraJOSE

/// Something that others are told of.
package struct SecurityEvent: Sendable, Equatable {
  /// What it is about.
  package enum Content: Sendable, Equatable {
    case record(AuditRecord)
    case expiry(ExpiringCredential, ExpiryLead)
    case notice(SecurityNotice)
    /// Nothing: somebody tries whether it arrives.
    case test(Timestamp, id: String)
  }

  package let content: Content

  package init(_ content: Content) {
    self.content = content
  }

  package var kind: SecurityEventKind {
    switch content {
    case .record(let record): .audit(record.event.action)
    case .expiry(let credential, _): credential.kind.event
    case .notice(let notice): SecurityEventKind(notice.kind) ?? .test
    case .test: .test
    }
  }

  /// When it happened; nil for what will.
  package var time: Timestamp? {
    switch content {
    case .record(let record): record.event.time
    case .expiry: nil
    case .notice(let notice): Timestamp(milliseconds: notice.milliseconds)
    case .test(let time, _): time
    }
  }

  /// The same each time that it is told, and of no other event.
  package var id: String {
    switch content {
    case .record(let record):
      SecurityEvent.id([
        "audit", String(record.number), String(record.event.time.milliseconds), record.hash.hexadecimal,
      ])
    case .expiry(let credential, let lead):
      SecurityEvent.id([
        credential.kind.rawValue, credential.clientID.rawValue, credential.name,
        String(credential.createdAt.milliseconds), String(credential.expiresAt.milliseconds),
        String(lead.rawValue),
      ])
    case .notice(let notice): notice.id
    case .test(_, let id): id
    }
  }

  /// What is told.
  package var payload: JSONValue {
    switch content {
    case .record(let record): AuditRepresentation(record).json
    case .expiry(let credential, let lead):
      .object([
        .init("client_id", .string(credential.clientID.rawValue)),
        .init("client_name", .string(credential.clientName)),
        .init(credential.kind.rawValue, .string(credential.name)),
        .init("expires_at", JSONValue(credential.expiresAt)), .init("days", .integer(lead.rawValue)),
      ])
    case .notice(let notice):
      .object(notice.details.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    case .test: .object([])
    }
  }

  /// 128 bits of the SHA-256 of these, each with its length.
  static func id(_ identity: [String]) -> String {
    var canonical = CanonicalBytes()
    canonical.append("tessera security event 1")
    for part in identity { canonical.append(part) }
    return Array(SHA256.hash(data: canonical.bytes).prefix(16)).hexadecimal
  }
}
