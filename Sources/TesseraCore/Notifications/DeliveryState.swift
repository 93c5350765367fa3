import Foundation
import TesseraJOSE

/// How far somebody was told of events, and how it went: kept in the store, so that any node goes on from there.
package struct DeliveryState: Sendable, Equatable, Codable {
  /// How many notices wait at the most: each says that something is wrong, and a hundred say no more.
  static let maximumNotices = 100
  /// How many notices are remembered, so that the same is not told twice by several nodes or after a start.
  private static let maximumKnown = 200

  /// The last record of the audit log that was told, dropped or left out.
  var record: Int64
  /// How far secrets that expire were told, by the days ahead.
  var places: [Int: ExpiringCredential.Place]
  /// What waits beside them, the oldest first.
  var notices: [SecurityNotice] = []
  /// The IDs of the notices that came last.
  private(set) var knownNotices: [String] = []

  /// How many events arrived.
  var delivered: Int64 = 0
  /// How many tries failed.
  var failed: Int64 = 0
  /// How many events were given up.
  var dropped: Int64 = 0

  /// How many tries have failed since the last that did not.
  var failuresInARow = 0
  /// How often what is told next was refused.
  var refusals = 0
  var lastError: String?
  /// Times, in milliseconds since 1970.
  var lastErrorAt: Int64?
  var lastDeliveredAt: Int64?
  /// Before this nobody tries again.
  var nextTryAt: Int64 = 0

  /// The node that tells now.
  var holder = ""
  /// Until when no other does, by the clock of that node.
  var heldUntil: Int64 = 0

  /// Begins after this record, and with the secrets that expire soon.
  init(after record: Int64, at now: Timestamp) {
    self.record = record
    places = Dictionary(
      uniqueKeysWithValues: ExpiryLead.allCases.map { ($0.rawValue, $0.start(at: now)) }
    )
  }

  /// What `text` has made.
  init(text: String) throws(StoreError) {
    guard let state = try? JSONDecoder().decode(DeliveryState.self, from: Data(text.utf8)) else {
      throw .unreadable("how far events were told")
    }
    self = state
  }

  func text() throws(StoreError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { throw .invalid("A state cannot be stored") }
    return String(decoding: data, as: UTF8.self)
  }

  /// Whether this node may tell now.
  ///
  /// Nobody holds it for longer than `lease`, in milliseconds: a time further ahead is of a clock that was wrong.
  func isFree(for node: String, at now: Timestamp, lease: Int64) -> Bool {
    holder == node || !(1...lease).contains(heldUntil - now.milliseconds)
  }

  /// Whether it is time to try.
  ///
  /// Nobody waits for longer than `longest`, in milliseconds, for the same reason.
  func isDue(at now: Timestamp, longest: Int64) -> Bool {
    !(1...longest).contains(nextTryAt - now.milliseconds)
  }

  /// Forgets what has failed: something was told, or given up.
  mutating func startAnew() {
    (failuresInARow, refusals, nextTryAt) = (0, 0, 0)
  }

  /// Lets a notice wait; whether the oldest had to go for it.
  mutating func queue(_ notice: SecurityNotice) -> Bool {
    notices.append(notice)
    knownNotices = knownNotices.suffix(DeliveryState.maximumKnown - 1) + [notice.id]
    guard notices.count > DeliveryState.maximumNotices else { return false }
    notices.removeFirst()
    dropped += 1
    return true
  }
}
