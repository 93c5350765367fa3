/// Tokens that a client fetched while it must have had one that was still good: it fetches one for each call.
///
/// How many processes an application has, nobody tells; so ten are granted, each of which keeps a token for each scope and
/// renews it early. Only who takes more than twice of that is named, and only what is beyond it once is called needless.
package struct NeedlessTokens: Sendable, Equatable {
  /// How many processes are granted to an application.
  private static let processes: Int64 = 10

  /// How many tokens it fetched.
  package let issued: Int64
  /// How many of them were needless, at least.
  package let count: Int64
  /// How many tokens all clients together fetched.
  private let all: Int64

  /// Nil for a client that keeps its tokens, as far as its numbers say.
  ///
  /// `lifetime` is that of its tokens, in seconds; `all` is what all clients together fetched in the same time.
  package init?(of total: UsageTotal, lifetime: Int, all: Int64) {
    let renewals = (3600 + Int64(lifetime) - 1) / Int64(lifetime) + 1
    let scopes = Int64(max(1, total.counts.scopes.count))
    let needed = Int64(total.activeHours) * renewals * scopes * NeedlessTokens.processes
    guard total.counts.issued > 2 * needed else { return nil }
    issued = total.counts.issued
    count = issued - needed
    self.all = max(all, issued)
  }

  /// What they are of all tokens that were issued, in percent.
  package var percentage: Int { Int(count * 100 / all) }

  /// What to do about it, for people.
  package var advice: String {
    "keep each token until it expires: \(count) of \(issued) tokens were needless, "
      + "\(percentage) % of all that were issued"
  }
}
