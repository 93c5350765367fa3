import TesseraJOSE
import TesseraSupport

/// What token requests came to, for operators.
///
/// It is as servers have told the store, which they do every few minutes.
extension Administration {
  /// A client, and what its requests came to.
  package struct UsedClientTotal: Sendable {
    package let client: Client
    package let total: UsageTotal
    /// Nil for a client that keeps its tokens.
    package let needless: NeedlessTokens?
  }

  /// The most days that can be asked for at once.
  package static let maximumUsageDays = 3660
  /// The most days that can be asked for of many clients at once.
  package static let maximumUsageDaysOfAll = 100

  /// What is counted of a client in these hours; of all together for nil.
  package func usage(
    of id: ClientID?,
    in hours: Range<UsageHour>
  ) async throws(AdministrationError) -> [ClientUsage] {
    try await ask(about: .client, await store.usage(of: id, in: hours))
  }

  /// At most `limit` clients in the order of their identifiers, those after `id` when it is given, with what each came
  /// to in these hours.
  package func usageTotals(
    in hours: Range<UsageHour>,
    after id: ClientID? = nil,
    limit: Int
  ) async throws(AdministrationError) -> Page<UsedClientTotal, ClientID> {
    let all = try await issuedByAll(in: hours)
    let page = try await clients(after: id, limit: limit)
    let totals = try await usageTotals(of: page.elements, in: hours, all: all)
    return Page(totals, limit: limit, cursor: \.client.id)
  }

  /// What a client came to in the last day.
  package func lastDay(of client: Client) async throws(AdministrationError) -> UsedClientTotal {
    let hours = Range<UsageHour>(days: 1, until: clock.now)
    let all = try await issuedByAll(in: hours)
    return try await usageTotals(of: [client], in: hours, all: all)[0]
  }

  /// How many clients fetched a token for each call in the last day, and how many tokens too many that were.
  package func needlessTokensOfAll() async throws(AdministrationError) -> (clients: Int, tokens: Int64) {
    let hours = Range<UsageHour>(days: 1, until: clock.now)
    var found: (clients: Int, tokens: Int64) = (0, 0)
    var last: ClientID?
    repeat {
      let page = try await usageTotals(in: hours, after: last, limit: 1000)
      for needless in page.elements.compactMap(\.needless) {
        found = (found.clients + 1, found.tokens + needless.count)
      }
      last = page.next
    } while last != nil
    return found
  }

  private func issuedByAll(in hours: Range<UsageHour>) async throws(AdministrationError) -> Int64 {
    try await usage(of: nil, in: hours).reduce(0) { $0 + $1.counts.issued }
  }

  /// One for each of these clients, in their order.
  private func usageTotals(
    of clients: [Client],
    in hours: Range<UsageHour>,
    all: Int64
  ) async throws(AdministrationError) -> [UsedClientTotal] {
    let known = try await ask(about: .client, await store.usageTotals(of: clients.map(\.id), in: hours))
    let totals = Dictionary(known.map { ($0.clientID, $0) }) { first, _ in first }
    return clients.map { client in
      let total =
        totals[client.id] ?? UsageTotal(clientID: client.id, counts: UsageCounts(), activeHours: 0)
      let needless = NeedlessTokens(of: total, lifetime: lifetime.seconds(for: client), all: all)
      return UsedClientTotal(client: client, total: total, needless: needless)
    }
  }
}
