/// The text form of a UUID in lower case (RFC 9562 §4), and the UUID as two numbers.
enum UUIDText {
  /// How many characters it has.
  static let length = 36

  /// A UUID.
  struct Value: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// Of 16 bytes.
    init(bytes: some Collection<UInt8>) {
      high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
      low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Nil unless the text is exactly what `text` would be.
    init?(_ text: some Collection<UInt8>) {
      guard text.count == UUIDText.length else { return nil }
      var (high, low) = (UInt64(0), UInt64(0))
      var position = 0
      for character in text {
        defer { position += 1 }
        if UUIDText.isHyphen(position) {
          guard character == UInt8(ascii: "-") else { return nil }
          continue
        }
        guard let digit = UUIDText.value(of: character) else { return nil }
        high = high << 4 | low >> 60
        low = low << 4 | UInt64(digit)
      }
      self.high = high
      self.low = low
    }

    /// A number in whose low bits UUIDs differ: those of version 7 do in the last.
    var spread: Int { Int(truncatingIfNeeded: low ^ high) }

    /// The 16 bytes.
    var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
      Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }

    /// The 36 characters.
    var text: String {
      String(unsafeUninitializedCapacity: UUIDText.length) { buffer in
        write(to: buffer)
        return UUIDText.length
      }
    }

    /// Appends the 36 characters.
    func appendText(to bytes: inout [UInt8]) {
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: UUIDText.length) { buffer in
        write(to: buffer)
        bytes.append(contentsOf: buffer)
      }
    }

    private func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
      var shift = 60
      var word = high
      for position in 0..<UUIDText.length {
        if UUIDText.isHyphen(position) {
          buffer[position] = UInt8(ascii: "-")
          continue
        }
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0x0F
        buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
        shift -= 4
        if shift < 0 {
          shift = 60
          word = low
        }
      }
    }
  }

  private static func isHyphen(_ position: Int) -> Bool {
    position == 8 || position == 13 || position == 18 || position == 23
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
