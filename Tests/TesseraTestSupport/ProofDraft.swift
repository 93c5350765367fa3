import Foundation

/// A DPoP proof as a test wants it: members in any order, whose values are JSON or are not.
package struct ProofDraft: Sendable {
  /// The members of the header.
  package var header: [(name: String, value: String)]
  /// The claims.
  package var claims: [(name: String, value: String)]
  private let key: ProofKey

  /// A good proof, made at this time, in seconds since 1970; beside a token with its hash.
  package init(
    _ key: ProofKey,
    _ url: String,
    method: String = "POST",
    at time: Int64,
    token: String? = nil
  ) {
    self.key = key
    header = [("typ", #""dpop+jwt""#), ("alg", #""\#(key.algorithm)""#), ("jwk", key.jwk)]
    claims = [
      ("jti", #""\#(UUID().uuidString)""#), ("htm", #""\#(method)""#), ("htu", #""\#(url)""#),
      ("iat", "\(time)"),
    ]
    if let token { claims.append(("ath", #""\#(ProofKey.hash(of: token))""#)) }
  }

  /// The same with another value for this member of the header; nil leaves it out.
  package func header(_ name: String, _ value: String?) -> ProofDraft {
    var copy = self
    ProofDraft.set(&copy.header, name, value)
    return copy
  }

  /// The same with another value for this claim; nil leaves it out.
  package func claim(_ name: String, _ value: String?) -> ProofDraft {
    var copy = self
    ProofDraft.set(&copy.claims, name, value)
    return copy
  }

  private static func set(_ members: inout [(name: String, value: String)], _ name: String, _ value: String?)
  {
    members.removeAll { $0.name == name }
    if let value { members.append((name, value)) }
  }

  /// Header and payload.
  package var unsigned: String {
    [header, claims].map { members in
      let json = "{\(members.map { #""\#($0.name)":\#($0.value)"# }.joined(separator: ","))}"
      return ProofKey.base64URL(Data(json.utf8))
    }.joined(separator: ".")
  }

  /// The proof, signed by its key or by another.
  package func signed(by other: ProofKey? = nil) throws -> String {
    let text = unsigned
    return "\(text).\(ProofKey.base64URL(try (other ?? key).signature(of: text)))"
  }
}
