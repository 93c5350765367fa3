import ArgumentParser

/// `tessera client trust`.
struct ClientTrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Say which platforms vouch for a client, instead of a secret.",
    discussion: """
      The token that Kubernetes, GitHub Actions, GitLab, SPIFFE, a cloud or another OAuth server gives a workload is then \
      the client's assertion, and nothing secret is registered. docs/federation.md has what to write on each platform.
      """,
    subcommands: [ClientTrustAddCommand.self, ClientTrustListCommand.self, ClientTrustRemoveCommand.self]
  )
}
