/// All records of a store.
///
/// Its calls block, so it is for one thread of its own.
package protocol StoreReader {
  /// What no other store has: two readers or writers with the same are at one store.
  var identity: String { get }

  /// Whether a server is seen to use the store.
  var isInUse: Bool { get throws(StoreError) }

  /// How many records of this kind there are.
  func count(of kind: RecordKind) throws(StoreError) -> Int

  /// At most `limit` records in the order of their keys, those after `record` when it is given.
  func records(
    of kind: RecordKind,
    after record: StoreRecord?,
    limit: Int
  ) throws(StoreError) -> [StoreRecord]
}

/// A store as it was at one moment, whatever is written to it meanwhile.
package protocol StoreSnapshot: StoreReader {
  /// Whether any record was written since that moment. Nothing can be read any more afterwards.
  func hasMovedOn() throws(StoreError) -> Bool
}

/// A store that is filled in one transaction: until the end nobody sees any of it.
///
/// When it is let go before, or its process is killed, nothing was written. It reads what it has written.
package protocol StoreWriter: StoreReader {
  /// Begins, and keeps all others from writing.
  func begin() throws(StoreError)

  /// Removes all records.
  func removeAll() throws(StoreError)

  /// Adds records, whose keys come after those that there are.
  func insert(_ records: [StoreRecord], of kind: RecordKind) throws(StoreError)

  /// Ends: all that was inserted is on the disk, and what the store numbers goes on after it and after what was removed.
  ///
  /// `event`, where there is one, is recorded with it, as a change of everything.
  func commit(recording event: AuditEvent?) throws(StoreError)
}

/// How all records of the stores of one kind are read and written; blocks.
package struct StoreMover: Sendable {
  /// Opens a store at what stands after the scheme.
  package typealias Opening<Store> =
    @Sendable (_ location: String, _ password: StorePassword?) throws(StoreOpeningError) -> Store

  private let snapshot: Opening<any StoreSnapshot>
  private let writer: Opening<any StoreWriter>

  package init(
    snapshot: @escaping Opening<any StoreSnapshot>,
    writer: @escaping Opening<any StoreWriter>
  ) {
    self.snapshot = snapshot
    self.writer = writer
  }

  /// Opens a store to be read; throws `absent` where there is none.
  package func snapshot(
    _ location: String,
    password: StorePassword? = nil
  ) throws(StoreOpeningError) -> any StoreSnapshot {
    try snapshot(location, password)
  }

  /// Opens a store to be filled; makes one where there is none.
  package func writer(
    _ location: String,
    password: StorePassword? = nil
  ) throws(StoreOpeningError) -> any StoreWriter {
    try writer(location, password)
  }
}
