/// Why an operation of administration was not done.
///
/// The texts are for operators. Whoever talks to them maps this once: to an exit code, or to a problem of RFC 9457.
package enum AdministrationError: Error, Sendable, Equatable {
  /// What was given breaks a rule: the value of a field, or all of it together when no field is named.
  case invalid(Field?, String)
  /// Nothing of this kind is what was named.
  case notFound(Kind, String)
  /// It would break a rule together with what there is, such as a unique name.
  case conflict(String)
  /// An edit is based on one version, and another is the current one.
  case versionMismatch(given: Int, current: Int)
  /// The store cannot answer now; the same call may succeed later.
  case unavailable(String)

  /// A value that is given, by the name of its member in JSON.
  package enum Field: String, Sendable, CaseIterable {
    case name, scopes, claims, introspects, description, resource, owner, contact, labels, quota
    case preset, issuer, audiences, trusts
    case certificates
    case clientID = "client_id"
    case authenticationMethod = "authentication_method"
    case keys = "jwks"
    case keySetURL = "jwks_uri"
    case certificateSubject = "certificate_subject"
    case keyName = "key"
    case trustName = "trust"
    case longestLifetime = "max_lifetime"
    case keyExpiry = "expires_in_days"
    case allowedAddresses = "allowed_addresses"
    case defaultScopes = "default_scopes"
    case grantTypes = "grant_types"
    case quotaBurst = "quota_burst"
    case tokenLifetime = "token_lifetime"
    case secretName = "secret"
    case secret = "client_secret"
    case secretExpiry = "client_secret_expires_at"
  }

  /// What there can be none of.
  package enum Kind: String, Sendable {
    case client, secret, scope, resource, key, trust, server
  }
}

extension AdministrationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalid(_, let text), .notFound(_, let text), .conflict(let text), .unavailable(let text): text
    case .versionMismatch(let given, let current):
      "version \(current) is the current one, not \(given): it was changed meanwhile, and nothing was done now"
    }
  }
}

extension AdministrationError {
  /// What a store threw, of which `kind` can have been missing.
  init(_ error: StoreError, about kind: Kind) {
    self =
      switch error {
      case .notFound(let text): .notFound(kind, text)
      case .conflict(let text): .conflict(text)
      case .versionMismatch(let given, let current): .versionMismatch(given: given, current: current)
      case .invalid(let text): .invalid(nil, text)
      case .unavailable(let text): .unavailable(text)
      }
  }
}
