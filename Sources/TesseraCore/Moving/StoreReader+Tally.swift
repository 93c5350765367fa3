extension StoreReader {
  /// What the records of a kind come to; `body` gets them, at most `batchSize` at a time.
  ///
  /// Throws what `wrap` makes of a failure of the store, and what `body` throws.
  package func tally<Failure>(
    of kind: RecordKind,
    batchSize: Int = 2000,
    describing wrap: (StoreError) -> Failure,
    _ body: ([StoreRecord]) throws(Failure) -> Void
  ) throws(Failure) -> RecordTally {
    var digest = RecordDigest()
    var last: StoreRecord?
    while true {
      let batch: [StoreRecord]
      do throws(StoreError) {
        batch = try records(of: kind, after: last, limit: batchSize)
      } catch {
        throw wrap(error)
      }
      digest.add(batch)
      guard !batch.isEmpty else { return digest.tally(of: kind) }
      try body(batch)
      last = batch.last
    }
  }

  /// What the records of a kind come to.
  package func tally(of kind: RecordKind) throws(StoreError) -> RecordTally {
    try tally(of: kind, describing: { $0 }) { _ throws(StoreError) in }
  }
}
