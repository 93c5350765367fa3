import NIOCore

/// The first message of a TLS client (RFC 8446 §4.1.2), as far as it says what is to be spoken inside (RFC 7301).
struct ClientHello {
  enum Reading: Equatable {
    /// More has to come.
    case incomplete
    /// Not for us to judge: the TLS library refuses it, in its own words.
    case unreadable
    /// The protocols that are offered; nil when the client does not speak of any.
    case complete(protocols: [String]?)
  }

  /// What the TLS library takes, too.
  private static let maximumSize = 16_384
  private static let handshake: UInt8 = 22
  private static let clientHello: UInt8 = 1
  private static let protocolNegotiation: UInt16 = 16

  /// What has come of it, without its records.
  private var message = ByteBuffer()
  /// The beginning of the next record.
  private var rest = ByteBuffer()

  /// Reads what a client sends next, each byte of it once, into however many records it is cut.
  mutating func read(_ bytes: ByteBuffer) -> Reading {
    var bytes = bytes
    rest.discardReadBytes()
    rest.writeBuffer(&bytes)
    while let type = rest.getInteger(at: rest.readerIndex, as: UInt8.self) {
      guard type == ClientHello.handshake else { return .unreadable }
      guard let length = rest.getInteger(at: rest.readerIndex + 3, as: UInt16.self).map(Int.init) else {
        return .incomplete
      }
      guard length > 0, message.readableBytes + length <= ClientHello.maximumSize + 4 else {
        return .unreadable
      }
      guard rest.readableBytes >= 5 + length else { return .incomplete }
      message.writeBytes(rest.readableBytesView.dropFirst(5).prefix(length))
      rest.moveReaderIndex(forwardBy: 5 + length)
      guard let head = message.getInteger(at: 0, as: UInt32.self) else { continue }
      let size = head & 0xFF_FFFF
      guard UInt8(head >> 24) == ClientHello.clientHello, size <= ClientHello.maximumSize else {
        return .unreadable
      }
      guard message.readableBytes >= 4 + Int(size) else { continue }
      message.moveReaderIndex(forwardBy: 4)
      return ClientHello.protocols(in: message).map { .complete(protocols: $0) } ?? .unreadable
    }
    return .incomplete
  }

  /// The outer optional is nil for what is no such message.
  private static func protocols(in message: ByteBuffer) -> [String]?? {
    var message = message
    // Version and random, session, cipher suites, compression.
    guard message.readBytes(length: 34) != nil, message.readLengthPrefixedSlice(as: UInt8.self) != nil,
      message.readLengthPrefixedSlice(as: UInt16.self) != nil,
      message.readLengthPrefixedSlice(as: UInt8.self) != nil
    else { return nil }
    guard var extensions = message.readLengthPrefixedSlice(as: UInt16.self) else { return .some(nil) }
    while let type = extensions.readInteger(as: UInt16.self) {
      guard var content = extensions.readLengthPrefixedSlice(as: UInt16.self) else { return nil }
      guard type == protocolNegotiation else { continue }
      guard var list = content.readLengthPrefixedSlice(as: UInt16.self) else { return nil }
      var names: [String] = []
      while let name = list.readLengthPrefixedSlice(as: UInt8.self) { names.append(String(buffer: name)) }
      return .some(names)
    }
    return .some(nil)
  }
}
