package import TesseraJOSE

/// Something that a node has found, and the audit log does not have.
///
/// Never a secret, a token or a key.
package struct SecurityNotice: Sendable, Equatable, Codable {
  /// The name of a `SecurityEventKind`.
  package let kind: String
  /// The same for what is the same, whichever node has found it.
  package let id: String
  /// When it was found, in milliseconds since 1970.
  package let milliseconds: Int64
  /// Particulars by name.
  package let details: [String: String]

  /// `identity` is what tells it from others of its kind.
  package init(
    _ kind: SecurityEventKind,
    at time: Timestamp,
    identity: [String],
    details: [String: String]
  ) {
    self.kind = kind.name
    id = SecurityEvent.id([kind.name] + identity)
    milliseconds = time.milliseconds
    self.details = details
  }
}
