#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// What a valid access token says (RFC 7662 §2.2).
///
/// The token itself is not in it, so that it can be logged.
public struct VerifiedAccessToken: Sendable, Hashable {
  /// The client that the token was issued to.
  public let clientID: String
  /// The scopes that were granted (RFC 6749 §3.3).
  public let scopes: Set<String>
  /// The resources that the token is for; empty when the token service does not say.
  public let audiences: [String]
  /// When the token ends; nil when the token service does not say.
  public let expiresAt: Date?
  /// When the token was issued; nil when the token service does not say.
  public let issuedAt: Date?
  /// The token's identifier (`jti`), which is no secret; nil when the token service does not say.
  public let tokenID: String?

  /// The key that the token is bound to; nil for one that is good for whoever has it.
  ///
  /// ``AccessTokenVerifier/verify(_:requiring:requiresBinding:)`` has seen to it that who sent the token has that key.
  public let binding: AccessTokenBinding?

  /// A token that says this; for tests of the code that reads it.
  public init(
    clientID: String,
    scopes: Set<String>,
    audiences: [String] = [],
    expiresAt: Date? = nil,
    issuedAt: Date? = nil,
    tokenID: String? = nil,
    binding: AccessTokenBinding? = nil
  ) {
    self.clientID = clientID
    self.scopes = scopes
    self.audiences = audiences
    self.expiresAt = expiresAt
    self.issuedAt = issuedAt
    self.tokenID = tokenID
    self.binding = binding
  }

  func isExpired(at now: Date) -> Bool {
    expiresAt.map { $0 <= now } ?? false
  }
}
