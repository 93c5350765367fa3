/// How the quota of a client is to change; what is nil stays.
package struct QuotaChange: Sendable {
  /// Requests each minute; `.some(nil)` takes the quota away.
  package var perMinute: Int??
  /// Requests at once; `.some(nil)` for those of a whole minute.
  package var burst: Int??
  /// Whether a request beyond it is only told of.
  package var isLogOnly: Bool?

  package init() {}

  /// Whether nothing is to change.
  var isEmpty: Bool { perMinute == nil && burst == nil && isLogOnly == nil }

  /// What becomes of this quota.
  func changed(_ quota: Quota?) throws(AdministrationError) -> Quota? {
    guard let perMinute = perMinute ?? quota?.perMinute else {
      let isMore = (burst ?? nil) != nil || isLogOnly == true
      guard !isMore else { throw .invalid(.quota, "there is no quota: say how many requests a minute it is") }
      return nil
    }
    // What is that of a whole minute stays so.
    let known = quota.flatMap { $0.burst == $0.perMinute ? nil : $0.burst }
    let burst = (burst ?? known) ?? perMinute
    return Quota(
      perMinute: try checked(perMinute, .quota, "a quota"),
      burst: try checked(burst, .quotaBurst, "the burst of a quota"),
      isLogOnly: isLogOnly ?? quota?.isLogOnly ?? false
    )
  }

  private func checked(
    _ number: Int,
    _ field: AdministrationError.Field,
    _ subject: String
  ) throws(AdministrationError) -> Int {
    guard Quota.allowed.contains(number) else {
      throw .invalid(
        field,
        "\(subject) is \(Quota.allowed.lowerBound) to \(Quota.allowed.upperBound) requests"
      )
    }
    return number
  }
}
