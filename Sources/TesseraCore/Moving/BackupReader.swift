import Foundation

/// The records of a backup, as a store of one moment that can be read once, from the first to the last.
package final class BackupReader: StoreSnapshot {
  package let identity = "backup"
  package let header: BackupHeader
  private var input: BackupInput
  /// Where it is: the place of the kind in the header, how many of its records were read, and what they come to.
  private var (place, digest) = (0, RecordDigest())

  /// The longest value there can be, in bytes.
  private static let maximumLength = 1 << 20
  /// About how many bytes of records are read at once.
  private static let batchLength = 1 << 22

  /// Reads the header; `read` gives the next bytes, at most so many, and none at the end.
  package init(_ read: @escaping (_ limit: Int) throws(BackupError) -> [UInt8]) throws(BackupError) {
    input = BackupInput(read)
    let mark = Array(BackupHeader.mark.utf8)
    guard let first = try input.line(atMost: mark.count + 9), first.starts(with: mark),
      let format = Int(String(decoding: first.dropFirst(mark.count), as: UTF8.self))
    else { throw .foreign }
    guard format == BackupHeader.format else { throw .otherVersion(nil) }
    guard let line = try input.line(atMost: BackupHeader.maximumLength),
      let header = try? JSONDecoder().decode(BackupHeader.self, from: Data(line)),
      header.kinds.allSatisfy({ $0.count >= 0 })
    else { throw .damaged }
    self.header = header
    try checkKinds()
  }

  /// Each kind of the header is one of ours, in our order, and has all of its fields that there always were.
  private func checkKinds() throws(BackupError) {
    let other = BackupError.otherVersion(header.tessera)
    var rest = RecordKind.all[...]
    for kind in header.kinds {
      guard let found = rest.firstIndex(where: { $0.name == kind.name }) else { throw other }
      let known = rest[found]
      rest = rest[(found + 1)...]
      let ours = known.fields.filter { kind.fields.contains($0.signature) }
      guard ours.map(\.signature) == kind.fields,
        known.fields.allSatisfy({ $0.earlierValue != nil || kind.fields.contains($0.signature) })
      else { throw other }
    }
  }

  package let isInUse = false

  package func count(of kind: RecordKind) -> Int { header.kinds.first { $0.name == kind.name }?.count ?? 0 }

  package func records(
    of kind: RecordKind,
    after record: StoreRecord?,
    limit: Int
  ) throws(StoreError) -> [StoreRecord] {
    try describing { () throws(BackupError) in try next(of: kind, limit: limit) }
  }

  /// Whether it is another file than when it was checked: it was read to its end now.
  package func hasMovedOn() throws(StoreError) -> Bool {
    try describing { () throws(BackupError) in try end() }
    return false
  }

  private func describing<Value>(_ body: () throws(BackupError) -> Value) throws(StoreError) -> Value {
    do throws(BackupError) {
      return try body()
    } catch {
      throw .unavailable(error == .damaged ? "it was altered meanwhile" : "\(error)")
    }
  }

  /// Reads everything, gives it to `body`, and throws `damaged` unless it is what was written.
  package func check(
    _ body: (_ kind: RecordKind, _ records: [StoreRecord]) throws(BackupError) -> Void
  ) throws(BackupError) {
    for kind in RecordKind.all {
      var records: [StoreRecord]
      repeat {
        records = try next(of: kind, limit: 2000)
        try body(kind, records)
      } while !records.isEmpty
    }
    try end()
  }

  /// The next records of this kind, at most `limit`; none after the last.
  private func next(of kind: RecordKind, limit: Int) throws(BackupError) -> [StoreRecord] {
    guard place < header.kinds.count, header.kinds[place].name == kind.name else { return [] }
    let described = header.kinds[place]
    let isThere = kind.fields.map { described.fields.contains($0.signature) }
    var records: [StoreRecord] = []
    // Without the fields that an earlier version did not have.
    var written: [StoreRecord] = []
    let end = input.taken + BackupReader.batchLength
    while records.count < limit, digest.count + records.count < described.count, input.taken < end {
      var values: [FieldValue] = []
      values.reserveCapacity(kind.fields.count)
      for (field, isThere) in zip(kind.fields, isThere) {
        values.append(isThere ? try value(of: field) : field.earlierValue ?? .null)
      }
      records.append(StoreRecord(values))
      written.append(StoreRecord(zip(values, isThere).filter(\.1).map(\.0)))
    }
    digest.add(written)
    if digest.count == described.count {
      guard try input.take(digest.bytes.count).elementsEqual(digest.bytes) else { throw .damaged }
      (place, digest) = (place + 1, RecordDigest())
    }
    return records
  }

  private func value(of field: RecordKind.Field) throws(BackupError) -> FieldValue {
    guard let type = RecordEncoding.ValueType(rawValue: try input.take(1).first ?? .max) else {
      throw .damaged
    }
    if type == .null {
      guard field.isOptional else { throw .damaged }
      return .null
    }
    let number = try input.take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch (type, field.type) {
    case (.integer, .integer): return .integer(Int64(bitPattern: number))
    case (.integer, .boolean) where number <= 1: return .integer(Int64(number))
    case (.text, .text):
      guard let text = String(validating: try bytes(number), as: UTF8.self) else { throw .damaged }
      return .text(text)
    case (.bytes, .bytes): return .bytes(Array(try bytes(number)))
    default: throw .damaged
    }
  }

  private func bytes(_ count: UInt64) throws(BackupError) -> ArraySlice<UInt8> {
    guard count <= BackupReader.maximumLength else { throw .damaged }
    return try input.take(Int(count))
  }

  private func end() throws(BackupError) {
    guard place == header.kinds.count else { throw .damaged }
    try input.end()
  }
}
