/// How many token requests came to what.
package struct UsageCounts: Sendable, Equatable {
  /// Requests that got a token.
  package var issued: Int64 = 0
  /// Requests that were refused, by the error code that was answered.
  package var denied: [String: Int64] = [:]
  /// Tokens that have a scope, by its name; one token can have several.
  package var scopes: [String: Int64] = [:]

  package init() {}

  /// Whether nothing was counted.
  package var isEmpty: Bool { issued == 0 && denied.isEmpty && scopes.isEmpty }

  /// Requests that were refused, for whatever reason.
  package var allDenied: Int64 { denied.values.reduce(0, +) }

  package mutating func add(_ other: UsageCounts) {
    issued += other.issued
    denied.merge(other.denied, uniquingKeysWith: +)
    scopes.merge(other.scopes, uniquingKeysWith: +)
  }
}

/// What the token requests of one client came to in one hour.
package struct ClientUsage: Sendable, Equatable {
  /// Whose they were; nil for those of all, strangers among them.
  package let clientID: ClientID?
  /// When they came.
  package let hour: UsageHour
  package var counts: UsageCounts

  package init(clientID: ClientID?, hour: UsageHour, counts: UsageCounts) {
    self.clientID = clientID
    self.hour = hour
    self.counts = counts
  }
}

/// What the token requests of one client came to in some hours.
package struct UsageTotal: Sendable, Equatable {
  package let clientID: ClientID
  package var counts: UsageCounts
  /// In how many of these hours it got a token.
  package var activeHours: Int

  package init(clientID: ClientID, counts: UsageCounts, activeHours: Int) {
    self.clientID = clientID
    self.counts = counts
    self.activeHours = activeHours
  }
}

/// One number as stores keep it: in one hour, of one client, of one kind.
package struct UsageCount: Sendable, Equatable {
  /// What is counted.
  package enum Kind: String, Sendable {
    case issued, denied, scope
  }

  package let kind: Kind
  /// The error code or the scope; empty for what is issued.
  package let name: String
  package let count: Int64

  package init(kind: Kind, name: String, count: Int64) {
    self.kind = kind
    self.name = name
    self.count = count
  }
}

extension UsageCounts {
  /// The same one by one, in an order that is always the same.
  package var parts: [UsageCount] {
    let all =
      [UsageCount(kind: .issued, name: "", count: issued)]
      + denied.sorted { $0.key < $1.key }.map { UsageCount(kind: .denied, name: $0.key, count: $0.value) }
      + scopes.sorted { $0.key < $1.key }.map { UsageCount(kind: .scope, name: $0.key, count: $0.value) }
    return all.filter { $0.count > 0 }
  }

  package mutating func add(_ part: UsageCount) {
    switch part.kind {
    case .issued: issued += part.count
    case .denied: denied[part.name, default: 0] += part.count
    case .scope: scopes[part.name, default: 0] += part.count
    }
  }
}
