/// What came of an event that was sent by hand.
package struct TestedDelivery: Representation, Equatable {
  /// Who was told, such as `webhook`.
  package let sink: String
  /// Where that is.
  package let place: String
  /// That of the event.
  package let id: String
  /// Why it did not arrive; nil when it did.
  package let error: String?

  package init(sink: String, place: String, id: String, error: String?) {
    self.sink = sink
    self.place = place
    self.id = id
    self.error = error
  }

  /// What a server has shown of it.
  package init(_ shown: ShownJSON) throws(UnreadableJSON) {
    self.init(
      sink: try shown.text("sink"),
      place: try shown.text("place"),
      id: try shown.text("id"),
      error: try shown.optionalText("error")
    )
  }

  package var json: JSONValue {
    .object([
      .init("sink", .string(sink)), .init("place", .string(place)), .init("id", .string(id)),
      .init("arrived", .boolean(error == nil)), .init("error", JSONValue(error)),
    ])
  }
}
