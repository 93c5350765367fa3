package import TesseraJOSE

/// A client secret that expires.
package struct ExpiringSecret: Sendable, Equatable {
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

  package let clientID: ClientID
  /// What operators call the client.
  package let clientName: String
  /// What operators call the secret.
  package let name: String
  package let createdAt: Timestamp
  package let expiresAt: Timestamp

  package init(
    clientID: ClientID,
    clientName: String,
    name: String,
    createdAt: Timestamp,
    expiresAt: Timestamp
  ) {
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
  /// Those of its secrets that expire.
  package var expiringSecrets: [ExpiringSecret] {
    secrets.compactMap { secret in
      secret.expiresAt.map {
        ExpiringSecret(
          clientID: id,
          clientName: name,
          name: secret.name,
          createdAt: secret.createdAt,
          expiresAt: $0
        )
      }
    }
  }
}
