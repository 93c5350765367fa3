import TesseraCore
import TesseraJOSE

extension AdminOperation {
  /// What token requests came to, and what nobody uses.
  static let usage: [AdminOperation] = [
    AdminOperation(
      name: "showUsageOfClient",
      method: "GET",
      path: "/admin/v1/clients/{client_id}/usage",
      scope: .read,
      summary: "Show what the token requests of a client came to, hour by hour.",
      query: period,
      outcome: .shown(.usage)
    ) { request in
      let client = try await request.client()
      let hours = try request.hours(atMost: Administration.maximumUsageDays)
      let usage = try await request.administration.usage(of: client.id, in: hours)
      return .shown(UsageRepresentation(of: client.id, in: hours, usage))
    },
    AdminOperation(
      name: "showUsageOfAll",
      method: "GET",
      path: "/admin/v1/usage/all",
      scope: .read,
      summary: "Show what all token requests together came to, hour by hour, those of strangers among them.",
      query: period,
      outcome: .shown(.usage)
    ) { request in
      let hours = try request.hours(atMost: Administration.maximumUsageDays)
      let usage = try await request.administration.usage(of: nil, in: hours)
      return .shown(UsageRepresentation(of: nil, in: hours, usage))
    },
    AdminOperation(
      name: "listUsage",
      method: "GET",
      path: "/admin/v1/usage",
      scope: .read,
      summary: "List what the token requests of each client came to, in the order of their IDs.",
      query: paging + period,
      outcome: .listed(.usageTotal)
    ) { request in
      let place = try request.cursors.place(of: request.query.text("cursor"))
      let page = try await request.administration.usageTotals(
        in: try request.hours(atMost: Administration.maximumUsageDaysOfAll),
        after: place.flatMap { ClientID($0) },
        limit: request.limit()
      )
      return .listed(
        page.elements.map(UsageTotalRepresentation.init),
        next: page.next.map { request.cursors.cursor(after: $0.rawValue) }
      )
    },
    AdminOperation(
      name: "listUnused",
      method: "GET",
      path: "/admin/v1/unused",
      scope: .read,
      summary: "List the scopes, clients, secrets and keys that nobody used for so many days.",
      query: paging + [AdminField("days", .integer, "For how many days; 90 unless it is given")],
      outcome: .listed(.unused)
    ) { request in
      let days = request.query.integer("days") ?? 90
      guard (1...Administration.maximumUsageDays).contains(days) else {
        throw AdminProblem.badRequest("it has to be 1 to \(Administration.maximumUsageDays)", field: "days")
      }
      let place = try request.cursors.place(of: request.query.text("cursor"))
      let (found, next) = try await request.administration.unusedClients(
        days: days,
        after: place.flatMap { ClientID($0) },
        limit: request.limit()
      )
      // There are few of them: they come with the first part.
      let scopes = place == nil ? try await request.administration.unusedScopes(days: days) : []
      return .listed(scopes + found, next: next.map { request.cursors.cursor(after: $0.rawValue) })
    },
  ]

  private static let period = [
    AdminField("from", .text, "The first hour, as a time such as 2026-11-27T00:00:00Z; a day before the end"),
    AdminField("to", .text, "The end of the last hour, as such a time; now unless it is given"),
  ]
}

extension AdminRequest {
  /// The hours that the caller means: those that `from` and `to` touch.
  fileprivate func hours(atMost days: Int) throws(AdminProblem) -> Range<UsageHour> {
    let end = try hour("to", roundingUp: true) ?? UsageHour(of: now).advanced(by: 1)
    let start = try hour("from", roundingUp: false) ?? end.advanced(by: -Int(UsageHour.perDay))
    guard start < end else { throw .badRequest("it has to be before the end", field: "from") }
    guard start.distance(to: end) <= days * Int(UsageHour.perDay) else {
      throw .badRequest("it has to be at most \(days) days before the end", field: "from")
    }
    return start..<end
  }

  private func hour(_ name: String, roundingUp: Bool) throws(AdminProblem) -> UsageHour? {
    guard let text = query.text(name) else { return nil }
    guard let time = Timestamp(iso8601: text) else {
      throw .badRequest("it has to be a time such as 2026-11-27T00:00:00Z", field: name)
    }
    let hour = UsageHour(of: time)
    return roundingUp && hour.start < time ? hour.advanced(by: 1) : hour
  }
}
