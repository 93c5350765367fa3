package import TesseraJOSE

/// What is kept of a client secret: enough to check it, and for all but `client_secret_jwt` not enough to know it.
package struct StoredSecret: Sendable, Equatable {
  /// What operators call it; unique within its client.
  package let name: String
  /// What a presented secret is compared with.
  package let hash: SecretHash
  /// When it was made.
  package let createdAt: Timestamp
  /// The first moment at which it no longer works; nil for never.
  package let expiresAt: Timestamp?
  /// Its first characters, by which people tell it from others; nil for one that is too short to show any of it, or was
  /// made before they were kept.
  package let prefix: String?

  package init(
    name: String,
    hash: SecretHash,
    createdAt: Timestamp,
    expiresAt: Timestamp?,
    prefix: String? = nil
  ) {
    self.name = name
    self.hash = hash
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.prefix = prefix
  }

  /// The same as nothing but a hash.
  var hashed: StoredSecret {
    guard case .wrapped(_, let digest) = hash else { return self }
    return StoredSecret(
      name: name,
      hash: .keyed(digest),
      createdAt: createdAt,
      expiresAt: expiresAt,
      prefix: prefix
    )
  }

  /// Whether it still works at this time.
  package func isValid(at now: Timestamp) -> Bool {
    expiresAt.map { now < $0 } ?? true
  }
}

/// The stored form of a secret.
package enum SecretHash: Sendable, Equatable {
  /// HMAC-SHA-256 under a key of the master key: for secrets with 160 random bits, where a slow hash buys
  /// nothing.
  case keyed(SecretDigest)
  /// scrypt (RFC 7914), then HMAC-SHA-256 as above: for secrets that a human may have chosen.
  case stretched(salt: [UInt8], SecretDigest)
  /// What another service made of it, then HMAC-SHA-256 as above: until it is presented rightly for the first time.
  ///
  /// In memory of its own: few secrets are of this kind, and all would be as large.
  indirect case foreign(ForeignHashing, SecretDigest)

  /// The secret itself, encrypted by a key that the master key protects, and its HMAC-SHA-256 as above: for
  /// `client_secret_jwt`, which is verified by the secret and by no hash of it.
  case wrapped([UInt8], SecretDigest)

  /// What HMAC-SHA-256 gave in the end.
  package var digest: SecretDigest {
    switch self {
    case .keyed(let digest), .stretched(_, let digest), .foreign(_, let digest), .wrapped(_, let digest):
      digest
    }
  }

  /// Whether the secret can be had from it.
  var isWrapped: Bool { if case .wrapped = self { true } else { false } }

  /// Whether comparing takes long on purpose, so that guesses are limited more.
  package var isSlow: Bool {
    switch self {
    case .keyed, .wrapped: false
    case .stretched, .foreign: true
    }
  }
}
