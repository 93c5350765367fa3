/// What is usual of platforms, and what has to be said of their tokens so that not everybody's are taken.
extension TrustPreset {
  /// The issuer that it has everywhere; nil where each installation has its own.
  var usualIssuer: String? {
    switch self {
    case .githubActions: TrustPreset.gitHubIssuer
    case .gitlab: TrustPreset.gitLabIssuer
    case .google: TrustPreset.googleIssuer
    case .kubernetes, .spiffe, .aws, .azure, .generic: nil
    }
  }

  private static let gitHubIssuer = "https://token.actions.githubusercontent.com"
  private static let gitLabIssuer = "https://gitlab.com"
  private static let googleIssuer = "https://accounts.google.com"

  /// The platform whose issuer everybody has; nil for another issuer.
  init?(ofPublicIssuer issuer: String) {
    // A GitHub enterprise may have one of its own below.
    if issuer == TrustPreset.gitHubIssuer || issuer.hasPrefix(TrustPreset.gitHubIssuer + "/") {
      self = .githubActions
    } else if issuer == TrustPreset.gitLabIssuer {
      self = .gitlab
    } else if issuer == TrustPreset.googleIssuer {
      self = .google
    } else {
      return nil
    }
  }

  /// Where an operator finds the issuer.
  var whereIssuerStands: String {
    switch self {
    case .kubernetes: "'kubectl get --raw /.well-known/openid-configuration' shows it"
    case .spiffe: "give the trust domain, such as spiffe://example.org"
    case .aws: "'aws iam get-outbound-web-identity-federation-info' shows that of the account"
    case .azure: "give --tenant, or the issuer of its tokens"
    case .githubActions, .gitlab, .google, .generic: "it is what its tokens have in iss"
    }
  }

  /// How long its tokens may live, in seconds.
  var longestLifetime: Int {
    switch self {
    // As long as a cluster, a job, a workload or a managed identity is set up for.
    case .kubernetes, .gitlab, .spiffe, .azure: 86_400
    case .githubActions, .google, .aws, .generic: 3600
    }
  }

  /// Whether it gives a workload one token for all that it does until it ends, in a file, a variable or a cache, so that a
  /// second access token needs the same one again.
  var givesTokensOutAgain: Bool {
    switch self {
    case .kubernetes, .gitlab, .spiffe, .google, .azure: true
    // Another one for the asking, each with its own jti.
    case .githubActions, .aws, .generic: false
    }
  }

  /// Throws when the conditions leave open whose tokens are meant.
  func checkSaysWhose(_ conditions: [ClaimCondition]) throws(AdministrationError) {
    let says = conditions.contains { condition in
      guard let rules else { return condition.saysSomething }
      return rules.contains { $0.holds(of: condition) }
    }
    guard !says else { return }
    throw .invalid(.claims, "this would let everybody in: \(whatIsMissing)")
  }

  /// A claim by which somebody is told from others, as far as its first segments are said.
  private struct Rule {
    let claim: String
    /// How many segments are without a wildcard.
    let depth: Int
    /// What the first of them is; empty for anything.
    var begins: [String] = []

    func holds(of condition: ClaimCondition) -> Bool {
      let segments = condition.segments
      guard condition.claim == claim, segments.count >= depth, !segments.prefix(depth).contains("*") else {
        return false
      }
      return begins.isEmpty || begins.contains(segments[0])
    }
  }

  /// Those one of which is needed; nil where nothing is known of the claims.
  private var rules: [Rule]? {
    switch self {
    case .kubernetes:
      [Rule(claim: "sub", depth: 3, begins: ["system"]), Rule(claim: "/kubernetes.io/namespace", depth: 1)]
    case .githubActions:
      [
        Rule(claim: "repository", depth: 1), Rule(claim: "repository_owner", depth: 1),
        Rule(claim: "repository_id", depth: 1), Rule(claim: "repository_owner_id", depth: 1),
        Rule(
          claim: "sub",
          depth: 2,
          begins: ["repo", "repository", "repository_owner", "repository_id", "repository_owner_id"]
        ),
      ]
    case .gitlab:
      [
        Rule(claim: "project_path", depth: 1), Rule(claim: "project_id", depth: 1),
        Rule(claim: "namespace_path", depth: 1), Rule(claim: "namespace_id", depth: 1),
        Rule(claim: "sub", depth: 2, begins: ["project_path"]),
      ]
    // spiffe: // trust domain / first segment.
    case .spiffe: [Rule(claim: "sub", depth: 5, begins: ["spiffe"])]
    case .google:
      [
        Rule(claim: "sub", depth: 1), Rule(claim: "email", depth: 1),
        Rule(claim: "/google/compute_engine/project_id", depth: 1),
      ]
    // arn:aws:iam::account
    case .aws:
      [
        Rule(claim: "sub", depth: 5, begins: ["arn"]),
        Rule(claim: "/https:~1~1sts.amazonaws.com~1/aws_account", depth: 1),
      ]
    case .azure:
      [
        Rule(claim: "sub", depth: 1), Rule(claim: "oid", depth: 1), Rule(claim: "appid", depth: 1),
        Rule(claim: "azp", depth: 1),
      ]
    case .generic: nil
    }
  }

  private var whatIsMissing: String {
    switch self {
    case .kubernetes:
      "say which namespace, by --namespace NAMESPACE and best --service-account NAME too (sub, or "
        + "/kubernetes.io/namespace)"
    case .githubActions:
      "say whose repository, by --repository OWNER/NAME or OWNER/* (repository, repository_owner, their IDs, or sub from "
        + "'repo:OWNER/' on), without a wildcard for the owner"
    case .gitlab:
      "say whose project, by --project-path GROUP/PROJECT or GROUP/* (project_path, namespace_path, their IDs, or sub from "
        + "'project_path:GROUP/' on), without a wildcard for the group"
    case .spiffe:
      "say which workload, by --spiffe-id spiffe://DOMAIN/PATH, without a wildcard over the whole trust domain"
    case .google: "say which service account, by --service-account EMAIL (email, or sub)"
    case .aws: "say which role, by --role arn:aws:iam::ACCOUNT:role/NAME (sub)"
    case .azure: "say which managed identity, by --principal OBJECT-ID (sub or oid, or appid)"
    case .generic:
      "say whose tokens are meant, by --claim NAME=VALUE; a wildcard alone, or over a whole host, says nothing"
    }
  }
}

extension ClaimCondition {
  /// What is between two of `/` and `:`.
  var segments: [String] {
    pattern.utf8.split(omittingEmptySubsequences: false, whereSeparator: ClaimCondition.isSeparator)
      .map { String(Substring($0)) }
  }

  /// Whether it tells some from others, of claims of which nothing is known: true or false does not, nor does a value whose
  /// first segment may be anything, or of a URL the host or the first segment after it.
  fileprivate var saysSomething: Bool {
    guard pattern != "true", pattern != "false" else { return false }
    guard pattern.contains("*") else { return true }
    let isURL = pattern.contains("://")
    // Of a URL the host is the fourth: scheme, nothing and nothing come before it.
    guard !isURL || segments.count > 3 && segments[3] != "*" else { return false }
    guard let first = segments.dropFirst(isURL ? 4 : 0).first else { return false }
    return first != "*" && !first.isEmpty
  }
}
