import Crypto
package import TesseraJOSE

/// Writes all records of a store, as it was at one moment, in the form of a backup.
package struct BackupWriter {
  private let snapshot: any StoreSnapshot
  private let batchSize: Int
  private let progress: (_ done: Int, _ total: Int) -> Void

  package init(
    of snapshot: any StoreSnapshot,
    batchSize: Int = 2000,
    progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    self.snapshot = snapshot
    self.batchSize = batchSize
    self.progress = progress
  }

  /// Gives the bytes to `write` in their order, and returns what was written of each kind.
  ///
  /// `tessera` is the version that does it.
  package func run(
    by tessera: String,
    at time: Timestamp,
    _ write: ([UInt8]) throws(BackupError) -> Void
  ) throws(BackupError) -> [RecordTally] {
    var whole = SHA256()
    func put(_ bytes: [UInt8]) throws(BackupError) {
      whole.update(data: bytes)
      try write(bytes)
    }
    let counts = try RecordKind.all.map { kind throws(BackupError) in
      try ofStore { () throws(StoreError) in try snapshot.count(of: kind) }
    }
    try put(try BackupHeader(tessera: tessera, madeAt: time, counts: counts).encoded())
    let total = counts.reduce(0, +)
    var done = 0
    var tallies: [RecordTally] = []
    for (kind, count) in zip(RecordKind.all, counts) {
      var digest = RecordDigest()
      var last: StoreRecord?
      repeat {
        let records = try ofStore { () throws(StoreError) in
          try snapshot.records(of: kind, after: last, limit: batchSize)
        }
        var bytes: [UInt8] = []
        for record in records { RecordEncoding.append(record, to: &bytes) }
        digest.add(bytes, holding: records.count)
        try put(bytes)
        last = records.count == batchSize ? records.last : nil
        done += records.count
        progress(done, total)
      } while last != nil
      guard digest.count == count else {
        throw .store(.unreadable("another number of \(kind.name) than it says"))
      }
      try put(digest.bytes)
      tallies.append(digest.tally(of: kind))
    }
    try write(Array(whole.finalize()))
    return tallies
  }

  private func ofStore<Value>(_ body: () throws(StoreError) -> Value) throws(BackupError) -> Value {
    do throws(StoreError) { return try body() } catch { throw .store(error) }
  }
}
