package import TesseraJOSE

/// What an operator writes of a platform that a client is to trust, unchecked.
package struct TrustDraft: Sendable {
  /// What it is to be called; nil for as its preset.
  package var name: String?
  package var preset: TrustPreset
  /// Nil for the one that its platform has everywhere.
  package var issuer: String?
  package var audiences: [String] = []
  /// What claims have to be, by their names.
  package var claims: [String: String] = [:]
  /// The keys of the issuer, as a JWK Set.
  package var keySet: JSON?
  /// Where they are; nil with no `keySet` for where the issuer says.
  package var keySetURL: String?
  /// In seconds; nil for what is usual of its platform.
  package var longestLifetime: Int?
  /// Nil for what is usual of its platform.
  package var isReusable: Bool?

  package init(_ preset: TrustPreset) {
    self.preset = preset
  }
}

/// What a condition is for short, of a platform.
package enum TrustShorthand: String, Sendable, CaseIterable {
  case repository, environment, ref, namespace, role, tenant, principal
  case repositoryOwner = "repository-owner"
  case serviceAccount = "service-account"
  case projectPath = "project-path"
  case spiffeID = "spiffe-id"
}

extension TrustDraft {
  /// Adds what is said for short.
  ///
  /// Throws for what the platform does not know.
  package mutating func add(_ shorthands: [TrustShorthand: String]) throws(AdministrationError) {
    for (shorthand, value) in shorthands.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let known = try add(shorthand, value, beside: shorthands)
      guard known else {
        throw .invalid(.claims, "--\(shorthand.rawValue) is nothing that a token of \(preset.rawValue) says")
      }
    }
  }

  private mutating func add(
    _ shorthand: TrustShorthand,
    _ value: String,
    beside others: [TrustShorthand: String]
  ) throws(AdministrationError) -> Bool {
    switch (preset, shorthand) {
    case (.kubernetes, .namespace):
      let account = others[.serviceAccount] ?? "*"
      try add("sub", "system:serviceaccount:\(value):\(account)")
    case (.kubernetes, .serviceAccount):
      guard others[.namespace] != nil else {
        throw .invalid(
          .claims,
          "the namespace is missing, without which a service account of every one is meant: give --namespace too"
        )
      }
    case (.githubActions, .repository): try add("repository", value)
    case (.githubActions, .repositoryOwner): try add("repository_owner", value)
    case (.githubActions, .environment), (.gitlab, .environment): try add("environment", value)
    case (.githubActions, .ref): try add("ref", value)
    case (.gitlab, .projectPath): try add("project_path", value)
    case (.gitlab, .ref): try addGitLabReference(value)
    case (.spiffe, .spiffeID):
      try add("sub", value)
      if issuer == nil { issuer = SPIFFEID(value.replacing("*", with: "x"))?.trustDomain }
    case (.google, .serviceAccount):
      // An address is somebody's only when it has been verified.
      try add("email", value)
      try add("email_verified", "true")
    case (.aws, .role): try add("sub", value)
    case (.azure, .principal): try add("sub", value)
    case (.azure, .tenant):
      if issuer == nil { issuer = "https://login.microsoftonline.com/\(value)/v2.0" }
    default: return false
    }
    return true
  }

  /// GitLab writes the name alone, and beside it whether it is a branch or a tag.
  private mutating func addGitLabReference(_ value: String) throws(AdministrationError) {
    for (prefix, type) in [("refs/heads/", "branch"), ("refs/tags/", "tag")] where value.hasPrefix(prefix) {
      try add("ref", String(value.dropFirst(prefix.count)))
      return try add("ref_type", type)
    }
    throw .invalid(
      .claims,
      "--ref begins with refs/heads/ or refs/tags/: a branch and a tag may have one name"
    )
  }

  private mutating func add(_ claim: String, _ value: String) throws(AdministrationError) {
    guard claims[claim] == nil || claims[claim] == value else {
      throw .invalid(.claims, "the claim '\(claim)' would have to be two things at a time")
    }
    claims[claim] = value
  }
}
