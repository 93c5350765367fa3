package import TesseraJOSE

/// A secret, a key or a certificate of a client that expires.
package struct ExpiringCredential: Sendable, Equatable {
  package enum Kind: String, Sendable {
    case secret, key, certificate
  }

  /// Where it stands among all that expire: by the time, the client and the bytes of its name.
  package struct Place: Sendable, Equatable, Comparable, Codable {
    /// When it expires, in milliseconds since 1970.
    package let milliseconds: Int64
    package let clientID: String
    package let secret: String

    package init(milliseconds: Int64, clientID: String = "", secret: String = "") {
      self.milliseconds = milliseconds
      self.clientID = clientID
      self.secret = secret
    }

    /// Before all that expire at this time.
    package init(before time: Timestamp) {
      self.init(milliseconds: time.milliseconds)
    }

    package static func < (left: Place, right: Place) -> Bool {
      guard left.milliseconds == right.milliseconds else { return left.milliseconds < right.milliseconds }
      let (first, second) = (left.clientID.utf8, right.clientID.utf8)
      guard first.elementsEqual(second) else { return first.lexicographicallyPrecedes(second) }
      return left.secret.utf8.lexicographicallyPrecedes(right.secret.utf8)
    }
  }

  package let kind: Kind
  package let clientID: ClientID
  /// What operators call the client.
  package let clientName: String
  /// What operators call it, as no other credential of the client.
  package let name: String
  package let createdAt: Timestamp
  package let expiresAt: Timestamp

  package init(
    _ kind: Kind,
    clientID: ClientID,
    clientName: String,
    name: String,
    createdAt: Timestamp,
    expiresAt: Timestamp
  ) {
    self.kind = kind
    self.clientID = clientID
    self.clientName = clientName
    self.name = name
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }

  package var place: Place {
    Place(milliseconds: expiresAt.milliseconds, clientID: clientID.rawValue, secret: name)
  }
}

extension Client {
  /// Those of its secrets, keys and certificates that expire.
  package var expiringCredentials: [ExpiringCredential] {
    func expiring(
      _ kind: ExpiringCredential.Kind,
      _ name: String,
      _ createdAt: Timestamp,
      _ expiresAt: Timestamp?
    ) -> ExpiringCredential? {
      expiresAt.map {
        ExpiringCredential(
          kind,
          clientID: id,
          clientName: self.name,
          name: name,
          createdAt: createdAt,
          expiresAt: $0
        )
      }
    }
    return secrets.compactMap { expiring(.secret, $0.name, $0.createdAt, $0.expiresAt) }
      + keyMetadata.keys.compactMap {
        expiring($0.material.isCertificate ? .certificate : .key, $0.name, $0.createdAt, $0.expiresAt)
      }
  }
}
