import NIOCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The members of an introspection answer that count here (RFC 7662 §2.2).
///
/// A member of the wrong type makes the whole answer malformed: an answer that cannot be understood must not
/// make a token valid, nor invalid.
struct IntrospectionAnswer: Decodable {
  private let active: Bool
  private let clientID: String?
  private let scope: String?
  private let tokenType: String?
  private let audiences: Audiences?
  private let expiresAt: Double?
  private let issuedAt: Double?
  private let tokenID: String?
  private let isBound: Bool
  private let binding: AccessTokenBinding?

  init(_ body: ByteBuffer) throws(IntrospectionFailure) {
    do {
      self = try JSONDecoder().decode(IntrospectionAnswer.self, from: Data(body.readableBytesView))
    } catch {
      // The decoder's error is not passed on, because it can quote the body.
      throw IntrospectionFailure(.malformedAnswer)
    }
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Member.self)
    active = try members.decode(Bool.self, forKey: .active)
    clientID = try members.decodeIfPresent(String.self, forKey: .clientID)
    scope = try members.decodeIfPresent(String.self, forKey: .scope)
    tokenType = try members.decodeIfPresent(String.self, forKey: .tokenType)
    audiences = try members.decodeIfPresent(Audiences.self, forKey: .audience)
    expiresAt = try members.decodeIfPresent(Double.self, forKey: .expiresAt)
    issuedAt = try members.decodeIfPresent(Double.self, forKey: .issuedAt)
    tokenID = try members.decodeIfPresent(String.self, forKey: .tokenID)
    isBound = members.contains(.confirmation)
    // One that cannot be understood makes the token worth nothing.
    binding = (try? members.decode([String: String].self, forKey: .confirmation)).flatMap(
      AccessTokenBinding.init
    )
  }

  /// What it means for an API that is this audience.
  func finding(for audience: String?) throws(IntrospectionFailure) -> Finding {
    guard active else { return .inactive }
    // Tokens of this service always belong to a client (RFC 7662 makes the member optional).
    guard let clientID, !clientID.isEmpty else { throw IntrospectionFailure(.malformedAnswer) }
    guard isBound == (binding != nil), isOfItsType else { return .inactive }
    if let audience, audiences?.values.contains(audience) != true { return .inactive }
    return .active(
      VerifiedAccessToken(
        clientID: clientID,
        scopes: Set((scope ?? "").split(separator: " ").map(String.init)),
        audiences: audiences?.values ?? [],
        expiresAt: try date(expiresAt),
        issuedAt: try date(issuedAt),
        tokenID: tokenID,
        binding: binding
      )
    )
  }

  /// Whether the type is that of a token which is bound so (RFC 9449 §6.2); one of another type is worth nothing here.
  private var isOfItsType: Bool {
    guard let type = tokenType?.lowercased() else { return true }
    if case .key = binding { return type == "dpop" }
    return type == "bearer"
  }

  private func date(_ seconds: Double?) throws(IntrospectionFailure) -> Date? {
    guard let seconds else { return nil }
    // To the year 9999.
    guard (0..<253_402_300_800).contains(seconds) else { throw IntrospectionFailure(.malformedAnswer) }
    return Date(timeIntervalSince1970: seconds)
  }

  private enum Member: String, CodingKey {
    case active, scope
    case clientID = "client_id"
    case tokenType = "token_type"
    case audience = "aud"
    case expiresAt = "exp"
    case issuedAt = "iat"
    case tokenID = "jti"
    case confirmation = "cnf"
  }
}

/// A text or several (RFC 7519 §4.1.3).
private struct Audiences: Decodable {
  let values: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let single = try? container.decode(String.self) {
      values = [single]
    } else {
      values = try container.decode([String].self)
    }
  }
}
