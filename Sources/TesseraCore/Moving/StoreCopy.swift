/// Copies all records of a store into another one, and compares what has arrived with what was sent.
///
/// The target is filled in one transaction, which is committed when all is proved: it has everything or nothing.
package struct StoreCopy {
  /// How far it has come.
  package struct Progress: Sendable {
    /// Whether it is what was copied that is read back and compared.
    package let isComparing: Bool
    package let done: Int
    package let total: Int
  }

  private let source: any StoreSnapshot
  private let target: any StoreWriter
  private let replaces: Bool
  private let event: AuditEvent?
  private let batchSize: Int
  private let progress: (Progress) -> Void

  /// What the target has is an error unless this `replaces` it; `event` is what its audit log says of it.
  package init(
    from source: any StoreSnapshot,
    to target: any StoreWriter,
    replacing replaces: Bool = false,
    recording event: AuditEvent? = nil,
    batchSize: Int = 2000,
    progress: @escaping (Progress) -> Void = { _ in }
  ) {
    self.source = source
    self.target = target
    self.replaces = replaces
    self.event = event
    self.batchSize = batchSize
    self.progress = progress
  }

  /// Copies, and returns what was copied of each kind.
  package func run() throws(StoreCopyError) -> [RecordTally] {
    guard source.identity != target.identity else { throw .sameStore }
    var total = 0
    for kind in RecordKind.all {
      total += try ofSource { () throws(StoreError) in try source.count(of: kind) }
    }
    guard try ofSource({ () throws(StoreError) in try !source.isInUse }) else { throw .sourceInUse }
    guard try ofTarget({ () throws(StoreError) in try !target.isInUse }) else { throw .targetInUse }
    try ofTarget(target.begin)
    if replaces { try ofTarget(target.removeAll) }
    for kind in RecordKind.all {
      guard try ofTarget({ () throws(StoreError) in try target.count(of: kind) }) == 0 else {
        throw .targetNotEmpty(kind)
      }
    }
    var done = 0
    var sent: [RecordTally] = []
    for kind in RecordKind.all {
      sent.append(
        try source.tally(of: kind, batchSize: batchSize, describing: StoreCopyError.source) {
          records throws(StoreCopyError) in
          try ofTarget { () throws(StoreError) in try target.insert(records, of: kind) }
          done += records.count
          progress(Progress(isComparing: false, done: done, total: total))
        }
      )
    }
    done = 0
    for expected in sent {
      let found = try target.tally(of: expected.kind, batchSize: batchSize, describing: StoreCopyError.target)
      {
        records throws(StoreCopyError) in
        done += records.count
        progress(Progress(isComparing: true, done: done, total: total))
      }
      guard found == expected else { throw .differs(sent: expected, found: found) }
    }
    guard try !ofSource(source.hasMovedOn) else { throw .sourceMovedOn }
    try ofTarget { () throws(StoreError) in try target.commit(recording: event) }
    return sent
  }

  private func ofSource<Value>(_ body: () throws(StoreError) -> Value) throws(StoreCopyError) -> Value {
    do throws(StoreError) { return try body() } catch { throw .source(error) }
  }

  private func ofTarget<Value>(_ body: () throws(StoreError) -> Value) throws(StoreCopyError) -> Value {
    do throws(StoreError) { return try body() } catch { throw .target(error) }
  }
}

/// Why a store was not copied. Then nothing was written.
package enum StoreCopyError: Error, Sendable, Equatable {
  /// Source and target are one.
  case sameStore
  /// A server uses the source.
  case sourceInUse
  /// A server uses the target.
  case targetInUse
  /// The source was written to meanwhile.
  case sourceMovedOn
  /// The target has records, of this kind for one.
  case targetNotEmpty(RecordKind)
  /// What was read back is not what was sent.
  case differs(sent: RecordTally, found: RecordTally)
  /// The source failed.
  case source(StoreError)
  /// The target failed.
  case target(StoreError)
}
