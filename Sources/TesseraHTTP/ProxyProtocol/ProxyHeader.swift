import TesseraCore

/// What a proxy says of a connection before its first byte: the PROXY protocol, versions 1 and 2.
struct ProxyHeader: Equatable {
  /// No header is longer; what version 2 may carry besides addresses takes a few hundred bytes.
  static let maximumSize = 2048

  /// Whom the connection is for; nil for the proxy itself, such as when it looks whether we are there.
  let source: SourceAddress?
  /// How many bytes it takes.
  let length: Int

  /// What is no header, or none of a TCP connection.
  struct Malformed: Error {}

  private static let signature: [UInt8] = [
    0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
  ]
  private static let word = Array("PROXY ".utf8)

  /// Reads a header at the beginning of these bytes; nil while more has to come.
  static func read(_ bytes: some RandomAccessCollection<UInt8>) throws(Malformed) -> ProxyHeader? {
    if bytes.starts(with: word.prefix(bytes.count)) { return try readText(bytes) }
    guard bytes.starts(with: signature.prefix(bytes.count)) else { throw Malformed() }
    return bytes.count < 16 ? nil : try readBinary(Array(bytes.prefix(maximumSize)))
  }

  // MARK: Version 1

  /// The longest line, with its end, as the specification has it.
  private static let maximumLine = 107

  private static func readText(_ bytes: some RandomAccessCollection<UInt8>) throws(Malformed) -> ProxyHeader?
  {
    let start = bytes.prefix(maximumLine)
    guard let end = start.firstIndex(of: 0x0A) else {
      guard start.count < maximumLine else { throw Malformed() }
      return nil
    }
    let line = start[..<end]
    guard line.last == 0x0D, let text = String(validating: line.dropLast(), as: UTF8.self) else {
      throw Malformed()
    }
    let length = line.count + 1
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    // Of what the proxy does not know either, the rest says nothing.
    if words.count >= 2, words[1] == "UNKNOWN" { return ProxyHeader(source: nil, length: length) }
    guard words.count == 6, isPort(words[4]), isPort(words[5]) else { throw Malformed() }
    let isIPv6 = words[1] == "TCP6"
    guard isIPv6 || words[1] == "TCP4", words[2].contains(":") == isIPv6, words[3].contains(":") == isIPv6,
      let source = SourceAddress(String(words[2])), SourceAddress(String(words[3])) != nil
    else { throw Malformed() }
    return ProxyHeader(source: source, length: length)
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } && (text == "0" || text.first != "0")
      && UInt16(text) != nil
  }

  // MARK: Version 2

  private static func readBinary(_ bytes: [UInt8]) throws(Malformed) -> ProxyHeader? {
    let size = Int(bytes[14]) << 8 | Int(bytes[15])
    let length = 16 + size
    guard length <= maximumSize else { throw Malformed() }
    let source: (range: Range<Int>, addresses: Int)?
    switch (bytes[12], bytes[13]) {
    // LOCAL: whatever addresses follow say nothing.
    case (0x20, _): source = nil
    // PROXY, of what has no address: unspecified, or a Unix socket.
    case (0x21, 0x00), (0x21, 0x31): source = nil
    case (0x21, 0x11): source = (16..<20, 12)
    case (0x21, 0x21): source = (16..<32, 36)
    // Another version or command, or datagrams, which nothing of is a connection.
    default: throw Malformed()
    }
    if let source, size < source.addresses { throw Malformed() }
    guard bytes.count >= length else { return nil }
    return ProxyHeader(
      source: source.flatMap { SourceAddress(bytes: Array(bytes[$0.range])) },
      length: length
    )
  }
}
