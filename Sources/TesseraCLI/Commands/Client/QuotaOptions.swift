import ArgumentParser
import TesseraCore

/// How many token requests a client may make.
struct QuotaOptions: ParsableArguments {
  @Option(
    name: .customLong("quota"),
    help: ArgumentHelp(
      "The number of token requests that it may make each minute, at each server.",
      valueName: "number"
    )
  )
  var perMinute: Int?

  @Option(
    name: .customLong("quota-burst"),
    help: ArgumentHelp(
      "How many of them it may make at once. (default: those of a minute)",
      valueName: "number"
    )
  )
  var burst: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Refuse nothing beyond its quota; log and count it only."
  )
  var quotaLogOnly: Bool?

  /// What is given, as a change.
  var change: QuotaChange {
    var change = QuotaChange()
    if let perMinute { change.perMinute = perMinute }
    if let burst { change.burst = burst }
    change.isLogOnly = quotaLogOnly
    return change
  }
}

/// The end of a quota.
struct QuotaRemoval: ParsableArguments {
  @Flag(help: "Let it make any number of token requests.")
  var noQuota = false

  /// This change, or the end of the quota.
  func change(_ options: QuotaOptions) throws -> QuotaChange {
    guard noQuota else { return options.change }
    guard options.perMinute == nil, options.burst == nil, options.quotaLogOnly == nil else {
      throw ValidationError("--no-quota cannot be used with --quota, --quota-burst or --quota-log-only")
    }
    var change = QuotaChange()
    change.perMinute = .some(nil)
    return change
  }
}
