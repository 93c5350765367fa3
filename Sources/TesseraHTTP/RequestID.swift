import TesseraJOSE

/// What a request is called in the log and in its answer: a random word of its event loop, then a count.
package struct RequestID: Sendable, CustomStringConvertible {
  /// The word with the hyphen that follows it, short enough to be a text without memory of its own.
  package let prefix: String
  package let number: Int

  package init(prefix: String, number: Int) {
    self.prefix = prefix
    self.number = number
  }

  package var description: String { prefix + String(number) }

  /// Appends the description.
  package func append(to text: inout [UInt8]) {
    text.append(contentsOf: prefix.utf8)
    text.append(digitsOf: Int64(number))
  }
}

/// The IDs of the requests of one event loop.
struct RequestNumbering {
  let prefix = Base32.lowerCase.encode(RandomSource.system.bytes(count: 5)) + "-"
  private var count = 0

  /// The next ID.
  mutating func next() -> RequestID {
    count += 1
    return RequestID(prefix: prefix, number: count)
  }
}
