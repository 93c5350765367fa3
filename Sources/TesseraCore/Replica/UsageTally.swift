import TesseraJOSE

/// What the requests of one client came to since the store was told last, counted where nothing is allocated for a
/// request like an earlier one.
struct UsageTally: Sendable {
  /// What came in one hour.
  private struct Hour: Sendable {
    let hour: UsageHour
    /// Tokens by what they were for: a client asks for the same nearly every time.
    var issued: [(id: ObjectIdentifier, access: GrantedAccess, count: Int64)] = []
    var denied: [(code: OAuthError.Code, count: Int64)] = []
    /// What was counted of more combinations of scopes than are counted one by one.
    var others = UsageCounts()
  }

  /// How many combinations of scopes are counted one by one.
  private static let maximumCombinations = 8
  /// How many hours there are at most: the one that ends and the one that begins, and two for a clock that is set.
  private static let maximumHours = 4

  private var hours: [Hour] = []

  var isEmpty: Bool { hours.isEmpty }

  mutating func countIssued(_ access: GrantedAccess, at now: Timestamp) {
    let place = place(of: UsageHour(of: now))
    let id = ObjectIdentifier(access)
    // By their places, so that what many clients share is looked at without being held.
    for index in hours[place].issued.indices where hours[place].issued[index].id == id {
      hours[place].issued[index].count += 1
      return
    }
    if hours[place].issued.count >= UsageTally.maximumCombinations {
      for (_, access, count) in hours[place].issued { hours[place].others.add(access, count) }
      hours[place].issued.removeAll(keepingCapacity: true)
    }
    hours[place].issued.append((id, access, 1))
  }

  mutating func countDenied(_ code: OAuthError.Code, at now: Timestamp) {
    let place = place(of: UsageHour(of: now))
    for index in hours[place].denied.indices where hours[place].denied[index].code == code {
      hours[place].denied[index].count += 1
      return
    }
    hours[place].denied.append((code, 1))
  }

  private mutating func place(of hour: UsageHour) -> Int {
    for place in hours.indices.reversed() where hours[place].hour == hour { return place }
    if hours.count >= UsageTally.maximumHours { hours.removeFirst() }
    hours.append(Hour(hour: hour))
    return hours.count - 1
  }

  /// What was counted, by hour.
  var counts: [(hour: UsageHour, counts: UsageCounts)] {
    hours.map { hour in
      var counts = hour.others
      for (_, access, count) in hour.issued { counts.add(access, count) }
      for (code, count) in hour.denied { counts.denied[code.rawValue, default: 0] += count }
      return (hour.hour, counts)
    }
  }
}

extension UsageCounts {
  /// This many tokens for this.
  fileprivate mutating func add(_ access: GrantedAccess, _ count: Int64) {
    issued += count
    for scope in access.scopes.scopes { scopes[scope.name, default: 0] += count }
  }
}
