import TesseraCore
import TesseraJOSE

/// What the token requests of a client came to, drawn with a bar for each hour or day, then the sums.
struct UsageDrawing {
  private static let barWidth = 40
  /// Up to so many days, there is a bar for each hour.
  private static let daysByHour = 2

  private let client: Client
  private let hours: Range<UsageHour>
  private let usage: [ClientUsage]
  /// What to do about needless requests of the last day; nil when there were none.
  private let advice: String?

  init(
    of client: Client,
    in hours: Range<UsageHour>,
    _ usage: [ClientUsage],
    advice: String?
  ) {
    self.client = client
    self.hours = hours
    self.usage = usage
    self.advice = advice
  }

  var text: String {
    let heading = "Client \(client.id.rawValue) (\(client.name))".printable
    guard !usage.isEmpty else {
      return "\(heading)\n\nno token requests since \(hours.lowerBound.start.iso8601)"
    }
    var sum = UsageCounts()
    for usage in usage { sum.add(usage.counts) }
    let sums = TextTable.fields([
      "issued": String(sum.issued),
      "denied": String(sum.allDenied),
      "by reason": UsageDrawing.list(sum.denied),
      "by scope": UsageDrawing.list(sum.scopes),
    ])
    let advice = advice.map { "\n\nIn the last day: \($0)" } ?? ""
    return "\(heading)\n\n\(bars)\n\n\(sums)\(advice)"
  }

  /// One for each period, also where there was nothing, so that gaps are seen.
  private var bars: String {
    let isByHour = hours.count <= UsageDrawing.daysByHour * Int(UsageHour.perDay)
    func period(of hour: UsageHour) -> UsageHour { isByHour ? hour : hour.startOfDay }
    var periods: [UsageHour: UsageCounts] = [:]
    for usage in usage { periods[period(of: usage.hour), default: UsageCounts()].add(usage.counts) }
    let most = max(1, periods.values.map(\.issued).max() ?? 1)
    var table = TextTable(isByHour ? "HOUR" : "DAY", "ISSUED", "", "DENIED")
    var all: [UsageHour] = []
    for hour in hours where all.last != period(of: hour) { all.append(period(of: hour)) }
    return table.lines(
      of: all.map { hour in
        let counts = periods[hour] ?? UsageCounts()
        let name = hour.start.iso8601.replacing("T", with: " ").prefix(isByHour ? 16 : 10)
        let denied = counts.allDenied == 0 ? "" : String(counts.allDenied)
        return [String(name), String(counts.issued), UsageDrawing.bar(counts.issued, of: most), denied]
      }
    )
  }

  /// At least one character for anything at all.
  private static func bar(_ count: Int64, of most: Int64) -> String {
    guard count > 0 else { return "" }
    let width = Int((Double(count) / Double(most) * Double(barWidth)).rounded())
    return String(repeating: "█", count: max(1, width))
  }

  /// The most frequent first; nil for none.
  private static func list(_ counts: [String: Int64]) -> String? {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return sorted.isEmpty ? nil : sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
