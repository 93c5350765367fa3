/// Somewhere that events go to.
package protocol DeliverySink: Sendable {
  /// How many events it takes at once.
  var batchSize: Int { get }

  /// Tells of events, all or none as far as that can be known; nil once they have arrived.
  ///
  /// What was told may be told again after a crash, with the same IDs.
  func tell(_ events: [SecurityEvent]) async -> DeliveryFailure?
}

/// Why events did not arrive.
package struct DeliveryFailure: Error, Sendable, Equatable {
  /// In words for operators, without anything secret.
  package let reason: String
  /// How long to wait at least, in seconds; nil when nobody has said.
  package var retryAfter: Int64?
  /// Whether these events are refused, rather than all.
  package var isRefusal: Bool

  package init(_ reason: String, retryAfter: Int64? = nil, isRefusal: Bool = false) {
    self.reason = reason
    self.retryAfter = retryAfter
    self.isRefusal = isRefusal
  }
}
