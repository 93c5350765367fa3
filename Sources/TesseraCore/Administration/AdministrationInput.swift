import TesseraJOSE

/// What operators write, made into values that need no more checking. What is refused is named in a text for them.
///
/// Rules that need the store, such as which scopes there are, follow when it is used.

extension DisplayName {
  /// The value of a field.
  package init(_ text: String, of field: AdministrationError.Field) throws(AdministrationError) {
    do throws(Problem) {
      self = try DisplayName(text)
    } catch {
      let subject =
        switch field {
        case .description: "a description"
        case .secretName: "the name of a secret"
        case .keyName: "the name of a key"
        case .trustName: "the name of a trust"
        case .claims: "the value of a claim"
        case .labels: "the value of a label"
        case .owner: "an owner"
        case .contact: "a contact"
        default: "a name"
        }
      throw .invalid(field, "\(subject) \(error)")
    }
  }
}

extension ClientID {
  /// The identifier of a new client.
  ///
  /// No blank at its ends, although RFC 6749 would allow it: HTTP takes those away, as from `X-Auth-Client-Id`.
  package init(new text: String) throws(AdministrationError) {
    guard let id = ClientID(text), !text.hasPrefix(" "), !text.hasSuffix(" ") else {
      throw .invalid(
        .clientID,
        "a client ID has 1 to 255 visible ASCII characters, with spaces only between them"
      )
    }
    self = id
  }
}

extension ClientSecret {
  /// An existing secret of a new client.
  package init(existing text: String) throws(AdministrationError) {
    guard let secret = ClientSecret(imported: text) else {
      throw .invalid(.secret, "a client secret has 8 to 255 visible ASCII characters or spaces")
    }
    self = secret
  }
}

/// How long a new secret or key works.
package struct SecretLifetime: Sendable {
  /// A hundred years: beyond it, "never" is meant.
  package static let longest = 36_500
  package let days: Int

  /// This many days.
  package init(
    days: Int,
    of field: AdministrationError.Field = .secretExpiry
  ) throws(AdministrationError) {
    guard (1...SecretLifetime.longest).contains(days) else {
      let noun = field == .keyExpiry ? "key" : "secret"
      throw .invalid(field, "a \(noun) expires in 1 to \(SecretLifetime.longest) days")
    }
    self.days = days
  }

  /// The first moment at which a secret that is made now no longer works.
  func end(from now: Timestamp) -> Timestamp { now.advanced(bySeconds: Int64(days) * 86_400) }
}

extension Scope {
  /// A scope in the list of a field.
  package init(
    _ name: String,
    of field: AdministrationError.Field
  ) throws(AdministrationError) {
    guard let scope = Scope(name) else {
      throw .invalid(
        field,
        "'\(name)' is not a scope name: 1 to \(Scope.maximumLength) visible ASCII characters "
          + "without space, comma, quote and backslash"
      )
    }
    self = scope
  }

  /// A scope that there should be.
  package init(existing name: String) throws(AdministrationError) {
    guard let scope = Scope(name) else { throw .notFound(.scope, "there is no scope '\(name)'") }
    self = scope
  }
}

extension [Scope] {
  /// The list of a field.
  package init(
    names: some Sequence<String>,
    of field: AdministrationError.Field
  ) throws(AdministrationError) {
    self = []
    for name in names { append(try Scope(name, of: field)) }
  }
}

extension Resource {
  /// The identifier of a new API.
  package init(new text: String) throws(AdministrationError) {
    guard let resource = Resource(text) else {
      throw .invalid(
        .resource,
        "'\(text)' is neither an absolute URI without fragment, such as https://api.example.com, nor a plain name "
          + "of letters, digits, - and _, such as rabbitmq"
      )
    }
    self = resource
  }

  /// The identifier of an API that there should be, registered by an earlier version perhaps.
  package init(existing text: String) throws(AdministrationError) {
    guard let resource = Resource(stored: text) else {
      throw .notFound(.resource, "there is no resource '\(text)'")
    }
    self = resource
  }
}

extension [AddressRange] {
  /// The list of a field.
  package init(texts: [String]) throws(AdministrationError) {
    self = []
    for text in texts {
      guard let range = AddressRange(text) else {
        throw .invalid(
          .allowedAddresses,
          "'\(text.prefix(64))' is not a range of addresses, such as 10.0.0.0/8 or 2001:db8::/32"
        )
      }
      append(range)
    }
  }
}

/// Claims that a client has of its own, by name: none that means something to the server or to RFC 9068.
package struct ClientClaims: Sendable {
  /// The most of one client.
  private static let maximumCount = 16
  package let byName: [String: String]

  /// No claims.
  package init() { byName = [:] }

  /// These claims, each with a value that is a name too.
  package init(_ claims: [String: String]) throws(AdministrationError) {
    guard claims.count <= ClientClaims.maximumCount else {
      throw .invalid(.claims, "a client has at most \(ClientClaims.maximumCount) claims")
    }
    guard Set(claims.keys.map { $0.lowercased() }).count == claims.count else {
      throw .invalid(.claims, "two claims differ only in case, and some libraries take them for one")
    }
    var checked: [String: String] = [:]
    for (name, value) in claims {
      guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(\.isNQCHAR) else {
        throw .invalid(
          .claims,
          "'\(name)' is not the name of a claim: 1 to 64 visible ASCII characters without quotes"
        )
      }
      // Go's encoding/json, among others, reads `Sub` as `sub`.
      guard !ClientClaims.reserved.contains(name.lowercased()) else {
        throw .invalid(.claims, "the claim '\(name)' is set by the server itself")
      }
      checked[name] = try DisplayName(value, of: .claims).text
    }
    byName = checked
  }

  /// The claims of RFC 7519 §4.1, RFC 9068 §2.2, RFC 7662 §2.2, RFC 8693 §4 and RFC 7800.
  private static let reserved: Set<String> = [
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "auth_time", "acr", "amr",
    "groups", "roles", "entitlements", "active", "username", "token_type", "act", "may_act", "cnf",
  ]
}
