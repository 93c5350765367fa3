package import TesseraJOSE

/// How telling somebody of events stands.
package struct DeliveryStatus: Representation, Equatable {
  /// Who is told, such as `webhook`.
  package let sink: String
  /// How many events wait.
  package let pending: Int
  /// How many arrived, how many tries failed, and how many events were given up, since there has been the store.
  package let delivered: Int64
  package let failed: Int64
  package let dropped: Int64
  package let lastError: String?
  package let lastErrorAt: Timestamp?
  package let lastDeliveredAt: Timestamp?
  /// When it is tried again; nil when nothing has failed.
  package let nextTryAt: Timestamp?

  init(_ sink: String, _ state: DeliveryState, pending: Int) {
    self.sink = sink
    self.pending = pending
    (delivered, failed, dropped) = (state.delivered, state.failed, state.dropped)
    lastError = state.lastError
    lastErrorAt = state.lastErrorAt.map(Timestamp.init(milliseconds:))
    lastDeliveredAt = state.lastDeliveredAt.map(Timestamp.init(milliseconds:))
    nextTryAt = state.failuresInARow > 0 ? Timestamp(milliseconds: state.nextTryAt) : nil
  }

  /// What a server has shown of it.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    sink = try shown.text("sink")
    pending = try shown.integer("pending")
    delivered = Int64(try shown.integer("delivered"))
    failed = Int64(try shown.integer("failed"))
    dropped = Int64(try shown.integer("dropped"))
    lastError = try shown.optionalText("last_error")
    lastErrorAt = try shown.optionalTime("last_error_at")
    lastDeliveredAt = try shown.optionalTime("last_delivered_at")
    nextTryAt = try shown.optionalTime("next_try_at")
  }

  package var json: JSONValue {
    .object([
      .init("sink", .string(sink)), .init("pending", .integer(pending)),
      .init("delivered", .integer(Int(delivered))), .init("failed", .integer(Int(failed))),
      .init("dropped", .integer(Int(dropped))), .init("last_delivered_at", JSONValue(lastDeliveredAt)),
      .init("last_error", JSONValue(lastError)), .init("last_error_at", JSONValue(lastErrorAt)),
      .init("next_try_at", JSONValue(nextTryAt)),
    ])
  }
}
