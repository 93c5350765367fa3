import Crypto

/// The bytes of a backup in their order, and what they come to.
///
/// Never more of them are kept than are there and were asked for.
struct BackupInput {
  private static let pieceSize = 262_144

  private let read: (_ limit: Int) throws(BackupError) -> [UInt8]
  private var hash = SHA256()
  private var buffer: [UInt8] = []
  private var position = 0
  /// How many bytes were taken so far.
  private(set) var taken = 0
  /// Up to where the buffer was taken into the hash.
  private var hashed = 0

  /// `read` gives the next bytes, at most so many, and none at the end.
  init(_ read: @escaping (_ limit: Int) throws(BackupError) -> [UInt8]) {
    self.read = read
  }

  /// The next bytes; throws `damaged` where there are not so many.
  mutating func take(_ count: Int) throws(BackupError) -> ArraySlice<UInt8> {
    while buffer.count - position < count {
      guard try fill() else { throw .damaged }
    }
    defer {
      position += count
      taken += count
    }
    return buffer[position..<position + count]
  }

  /// The next line without its end; nil when there is none of at most so many bytes.
  mutating func line(atMost limit: Int) throws(BackupError) -> [UInt8]? {
    var length = 0
    while length < limit {
      if buffer.count - position <= length, try !fill() { return nil }
      if buffer[position + length] == UInt8(ascii: "\n") {
        return Array(try take(length + 1).dropLast())
      }
      length += 1
    }
    return nil
  }

  /// Takes the SHA-256 of all before, and looks for the end after it; throws `damaged` when either is not so.
  mutating func end() throws(BackupError) {
    hash.update(data: buffer[hashed..<position])
    hashed = position
    let expected = Array(hash.finalize())
    guard try take(SHA256.byteCount).elementsEqual(expected), position == buffer.count, try !fill() else {
      throw .damaged
    }
  }

  /// Reads more; false at the end.
  private mutating func fill() throws(BackupError) -> Bool {
    let piece = try read(BackupInput.pieceSize)
    hash.update(data: buffer[hashed..<position])
    buffer.removeFirst(position)
    (position, hashed) = (0, 0)
    buffer += piece
    return !piece.isEmpty
  }
}
