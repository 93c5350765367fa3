import TesseraJOSE
import TesseraSupport

/// A platform that a client is to trust, checked.
package struct NewClientTrust: Sendable {
  /// The most audiences, the most conditions, and the longest of what they are made of, in bytes.
  package static let maximumAudiences = 8
  package static let maximumConditions = 16
  package static let longestText = 1024
  /// In seconds.
  package static let lifetimes = 60...86_400

  /// What it will be called.
  package let name: DisplayName
  private let draft: TrustDraft
  private let issuer: String
  private let conditions: [ClaimCondition]
  private let keys: ClientTrust.Keys
  private let longestLifetime: Int

  /// Throws what is wrong, and what would let everybody in.
  package init(_ draft: TrustDraft) throws(AdministrationError) {
    self.draft = draft
    name = try DisplayName(draft.name ?? draft.preset.rawValue, of: .trustName)
    issuer = try NewClientTrust.issuer(of: draft)
    try NewClientTrust.check(draft.audiences)
    conditions = try NewClientTrust.conditions(draft.claims, draft.preset)
    keys = try NewClientTrust.keys(of: draft, issuer)
    longestLifetime = draft.longestLifetime ?? draft.preset.longestLifetime
    guard NewClientTrust.lifetimes.contains(longestLifetime) else {
      let (least, most) = (NewClientTrust.lifetimes.lowerBound, NewClientTrust.lifetimes.upperBound)
      throw .invalid(.longestLifetime, "a token may live for \(least) to \(most) seconds")
    }
    try (TrustPreset(ofPublicIssuer: issuer) ?? draft.preset).checkSaysWhose(conditions)
  }

  /// Whether it says the same as one that is there.
  package func isSame(as trust: ClientTrust) -> Bool { self.trust(at: trust.createdAt) == trust }

  /// As the client has it from now on.
  func trust(at now: Timestamp) -> ClientTrust {
    ClientTrust(
      name: name.text,
      preset: draft.preset,
      issuer: issuer,
      audiences: draft.audiences,
      conditions: conditions,
      keys: keys,
      longestLifetime: longestLifetime,
      isReusable: draft.isReusable ?? draft.preset.givesTokensOutAgain,
      createdAt: now
    )
  }

  /// The body by which the management API makes it.
  package var json: JSONValue {
    let trust = trust(at: Timestamp(milliseconds: 0))
    return .object(
      [
        .init("trust", .string(trust.name)), .init("preset", .string(trust.preset.rawValue)),
        .init("issuer", .string(trust.issuer)), .init("audiences", JSONValue(trust.audiences)),
        .init("claims", .object(trust.conditions.map { .init($0.claim, .string($0.pattern)) })),
      ] + trust.keys.members + [
        .init("max_lifetime", .integer(trust.longestLifetime)), .init("reusable", .boolean(trust.isReusable)),
      ]
    )
  }

  private static func issuer(of draft: TrustDraft) throws(AdministrationError) -> String {
    guard let text = draft.issuer ?? draft.preset.usualIssuer else {
      throw .invalid(.issuer, "the issuer is missing: \(draft.preset.whereIssuerStands)")
    }
    if draft.preset == .spiffe, text.hasPrefix("spiffe:") {
      guard let id = SPIFFEID(text), id.path.isEmpty else {
        throw .invalid(.issuer, "the issuer is a trust domain such as spiffe://example.org, without a path")
      }
      return text
    }
    try checkURL(text, .issuer, "the issuer", upTo: IssuerIdentifier.maximumLength)
    guard !text.contains("?") else { throw .invalid(.issuer, "the issuer is a URL without a query") }
    let isForEveryTenant = ["common", "organizations", "consumers"].contains {
      text.hasPrefix("https://login.microsoftonline.com/\($0)/")
    }
    guard !isForEveryTenant else {
      throw .invalid(.issuer, "this issuer stands for every tenant: name one, by --tenant")
    }
    return text
  }

  private static func checkURL(
    _ text: String,
    _ field: AdministrationError.Field,
    _ noun: String,
    upTo longest: Int
  ) throws(AdministrationError) {
    let isPlain = text.utf8.count <= longest && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    guard isPlain, text.hasPrefix("https://"),
      (try? ServiceURL.parts(of: text, allowsPlainHTTP: false)) != nil
    else {
      throw .invalid(
        field,
        "\(noun) is a URL that begins with https://, without user information and fragment, of at most "
          + "\(longest) characters"
      )
    }
  }

  private static func check(_ audiences: [String]) throws(AdministrationError) {
    guard (1...maximumAudiences).contains(audiences.count) else {
      throw .invalid(
        .audiences,
        "a trust has 1 to \(maximumAudiences) audiences: what the platform is asked for a token for, such as the URL of "
          + "this server"
      )
    }
    for audience in audiences {
      guard isPlain(audience) else {
        throw .invalid(.audiences, "an audience has 1 to \(longestText) bytes and no control characters")
      }
    }
  }

  private static func conditions(
    _ claims: [String: String],
    _ preset: TrustPreset
  ) throws(AdministrationError) -> [ClaimCondition] {
    guard claims.count <= maximumConditions else {
      throw .invalid(.claims, "a trust has at most \(maximumConditions) conditions")
    }
    var conditions: [ClaimCondition] = []
    for (claim, pattern) in claims.sorted(by: { $0.key < $1.key }) {
      guard isPlain(claim), isPlain(pattern) else {
        throw .invalid(
          .claims,
          "a claim and its value have 1 to \(longestText) bytes and no control characters"
        )
      }
      guard !ofEveryTrust.contains(claim) else {
        throw .invalid(
          .claims,
          "'\(claim)' is no condition: issuer, audience and times of a token are checked anyway"
        )
      }
      let condition = ClaimCondition(claim, pattern)
      guard condition.segments.allSatisfy({ $0 == "*" || !$0.contains("*") }) else {
        throw .invalid(
          .claims,
          "'*' in '\(claim)' stands for one whole segment, as in acme/* or repo:acme/*:ref:refs/heads/main, not for a "
            + "part of one"
        )
      }
      if preset == .spiffe, claim == "sub", SPIFFEID(pattern.replacing("*", with: "x")) == nil {
        throw .invalid(.claims, "sub is a SPIFFE ID such as spiffe://example.org/ns/prod/sa/api")
      }
      conditions.append(condition)
    }
    return conditions
  }

  /// What is checked of every token, each in its own way.
  private static let ofEveryTrust: Set<String> = ["iss", "aud", "exp", "nbf", "iat", "jti"]

  private static func keys(
    of draft: TrustDraft,
    _ issuer: String
  ) throws(AdministrationError) -> ClientTrust.Keys {
    if let json = draft.keySet {
      guard draft.keySetURL == nil else {
        throw .invalid(.keySetURL, "jwks and jwks_uri exclude each other: the keys are here, or there")
      }
      return .given(try keys(in: json, isBundle: draft.preset == .spiffe))
    }
    if let url = draft.keySetURL { return .published(at: try KeySetURL(url).text) }
    guard !issuer.hasPrefix("spiffe:") else {
      throw .invalid(
        .keys,
        "the keys of a trust domain are in its bundle: give that by --jwks FILE, or where it is by --jwks-uri URL"
      )
    }
    return .discovered
  }

  /// Keys that mean nothing here are left out, as from what an issuer publishes.
  private static func keys(in json: JSON, isBundle: Bool) throws(AdministrationError) -> [JWK] {
    let isPrivate =
      json.members?["keys"]?.elements?.contains { key in
        key.members.map { !JWK.privateMemberNames.isDisjoint(with: $0.keys) } ?? false
      } ?? false
    guard !isPrivate else { throw .privateKey }
    guard let set = JWKSet(json, isBundle: isBundle), VerificationKeys(set.keys) != nil
    else { throw .key("this is no JWK Set with a key that verifies anything here") }
    guard set.keys.count <= Administration.maximumClientKeys else { throw .tooManyKeys }
    return set.keys
  }

  private static func isPlain(_ text: String) -> Bool {
    (1...longestText).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}
