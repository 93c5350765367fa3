import NIOCore
import NIOEmbedded
import Testing

@testable import TesseraHTTP

/// What is read of a client's first message.
@Suite struct ClientHelloTests {
  /// A message without extensions but for these bytes, in records of this size.
  private static func hello(_ extensions: [UInt8], recordSize: Int = 16_000) -> ByteBuffer {
    let body =
      [3, 3] + [UInt8](repeating: 0, count: 32) + [0, 0, 2, 0x13, 1, 1, 0, 0, UInt8(extensions.count)]
      + extensions
    let message = [1, 0, 0, UInt8(body.count)] + body
    return ByteBuffer(
      bytes: stride(from: 0, to: message.count, by: recordSize).flatMap { start in
        let part = message[start..<min(start + recordSize, message.count)]
        return [22, 3, 1, 0, UInt8(part.count)] + part
      }
    )
  }

  private static let offer: [UInt8] = [0, 16, 0, 14, 0, 12, 2, 0x68, 0x32, 8] + Array("http/1.1".utf8)

  @Test(arguments: [1, 3, 7, 16_000])
  func theOfferIsFoundHoweverItIsCut(recordSize: Int) {
    let hello = ClientHelloTests.hello(ClientHelloTests.offer, recordSize: recordSize)
    let offer = ClientHello.Reading.complete(protocols: ["h2", "http/1.1"])
    for length in 0..<hello.readableBytes {
      var (rest, reader) = (hello, ClientHello())
      #expect(rest.readSlice(length: length).map { reader.read($0) } == .incomplete)
      #expect(reader.read(rest) == offer)
    }
    var reader = ClientHello()
    let readings = hello.readableBytesView.map { reader.read(ByteBuffer(bytes: [$0])) }
    #expect(readings.last == offer)
    #expect(readings.dropLast().allSatisfy { $0 == .incomplete })
  }

  /// What a reader that sees all of it at once makes of these bytes.
  private static func read(_ bytes: ByteBuffer) -> ClientHello.Reading {
    var reader = ClientHello()
    return reader.read(bytes)
  }

  @Test(
    arguments: [
      ([], ClientHello.Reading.complete(protocols: nil)),
      ([0, 5, 0, 1, 7], .complete(protocols: nil)),
      ([0, 5, 0, 1, 7] + offer, .complete(protocols: ["h2", "http/1.1"])),
      ([0, 16, 0, 2, 0, 0], .complete(protocols: [])),
      ([0, 5, 0, 9, 7], .unreadable), ([0, 16, 0, 1, 0], .unreadable), ([0, 16, 0], .unreadable),
    ] as [([UInt8], ClientHello.Reading)]
  )
  func extensions(_ bytes: [UInt8], _ reading: ClientHello.Reading) {
    #expect(ClientHelloTests.read(ClientHelloTests.hello(bytes)) == reading)
  }

  @Test(
    arguments: [
      [23, 3, 1, 0, 1, 1], [22, 3, 1, 0, 0], [22, 3, 1, 0, 4, 2, 0, 0, 0], [22, 3, 1, 0, 4, 1, 1, 0, 0],
      [22, 3, 1, 0xFF, 0xFF], [0x47, 0x45, 0x54],
    ] as [[UInt8]]
  )
  func whatIsNoneIsLeftToTheLibrary(_ bytes: [UInt8]) {
    #expect(ClientHelloTests.read(ByteBuffer(bytes: bytes)) == .unreadable)
  }

  @Test("N3 the handshake fails by name of the reason") func alert() throws {
    let channel = EmbeddedChannel(handler: ApplicationProtocolCheck())
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    let offer: [UInt8] = [0, 16, 0, 7, 0, 5, 4] + Array("smtp".utf8)
    try channel.writeInbound(ClientHelloTests.hello(offer))
    #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
    #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(bytes: [21, 3, 3, 0, 2, 2, 120]))
    #expect(!channel.isActive)
  }
}
