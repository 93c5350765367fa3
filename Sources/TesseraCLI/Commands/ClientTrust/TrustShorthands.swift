import ArgumentParser
import TesseraCore

/// What claims of a platform's tokens have to be, for short.
struct TrustShorthands: ParsableArguments {
  @Option(help: ArgumentHelp("GitHub: the repository, or OWNER/*.", valueName: "owner/name"))
  var repository: String?

  @Option(help: ArgumentHelp("GitHub: who owns the repository.", valueName: "owner"))
  var repositoryOwner: String?

  @Option(help: ArgumentHelp("GitHub, GitLab: the environment that the job deploys to.", valueName: "name"))
  var environment: String?

  @Option(
    help: ArgumentHelp("GitHub, GitLab: refs/heads/BRANCH, refs/tags/TAG or refs/tags/*.", valueName: "ref")
  )
  var ref: String?

  @Option(help: ArgumentHelp("GitLab: the project, or GROUP/*.", valueName: "group/project"))
  var projectPath: String?

  @Option(help: ArgumentHelp("Kubernetes: the namespace of the pod.", valueName: "name"))
  var namespace: String?

  @Option(help: ArgumentHelp("Kubernetes: the service account. Google: its address.", valueName: "name"))
  var serviceAccount: String?

  @Option(
    name: .customLong("spiffe-id"),
    help: ArgumentHelp("SPIFFE: the ID of the workload, with * for a segment.", valueName: "id")
  )
  var spiffeID: String?

  @Option(help: ArgumentHelp("AWS: the role.", valueName: "arn"))
  var role: String?

  @Option(help: ArgumentHelp("Azure: the tenant, which the issuer follows from.", valueName: "id"))
  var tenant: String?

  @Option(help: ArgumentHelp("Azure: the object ID of the managed identity.", valueName: "id"))
  var principal: String?

  /// Those that are given.
  var given: [TrustShorthand: String] {
    let all: [(TrustShorthand, String?)] = [
      (.repository, repository), (.repositoryOwner, repositoryOwner), (.environment, environment),
      (.ref, ref),
      (.projectPath, projectPath), (.namespace, namespace), (.serviceAccount, serviceAccount),
      (.spiffeID, spiffeID), (.role, role), (.tenant, tenant), (.principal, principal),
    ]
    return Dictionary(all.compactMap { name, value in value.map { (name, $0) } }) { first, _ in first }
  }
}

extension TrustPreset: ExpressibleByArgument {}
