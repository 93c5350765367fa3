package import TesseraJOSE

/// One row of the feed: what to read again.
package struct Change: Sendable, Equatable {
  /// What kind of thing changed.
  package enum Subject: Sendable, Equatable {
    case client(ClientID)
    case scopes
    case resources
    case keys
    case revocation(TokenID)
    case serverState
    /// Something that this version does not know, which a newer one has written: anything may have changed.
    case unknown
  }

  /// The place in the feed; later changes have greater numbers.
  package let sequence: Int64
  /// What changed.
  package let subject: Subject

  package init(sequence: Int64, subject: Subject) {
    self.sequence = sequence
    self.subject = subject
  }
}

extension Change.Subject {
  /// What a store keeps as its kind and what it is about.
  package init(kind: String, subject: String?) {
    let known: Change.Subject? =
      switch kind {
      case "client": subject.flatMap(ClientID.init).map(Change.Subject.client)
      case "scopes": .scopes
      case "resources": .resources
      case "keys": .keys
      case "revocation": subject.flatMap { TokenID($0) }.map(Change.Subject.revocation)
      case "server_state": .serverState
      default: nil
      }
    self = known ?? .unknown
  }

  /// The values that `init(kind:subject:)` reads.
  package var columns: (kind: String, subject: String?) {
    switch self {
    case .client(let id): ("client", id.rawValue)
    case .scopes: ("scopes", nil)
    case .resources: ("resources", nil)
    case .keys: ("keys", nil)
    case .revocation(let token): ("revocation", token.description)
    case .serverState: ("server_state", nil)
    case .unknown: ("unknown", nil)
    }
  }
}
