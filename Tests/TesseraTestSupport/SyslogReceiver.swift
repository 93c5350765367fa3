import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A receiver of syslog over a stream (RFC 6587 §3.4.1, RFC 5425) or of datagrams (RFC 5426).
package final class SyslogReceiver: Sendable {
  private let bytes: ReceivedBytes
  private let channel: any Channel
  private let scheme: String

  /// Listens to streams at a free port; with a certificate it speaks TLS.
  package init(_ certificate: TestCertificate? = nil, port: Int = 0) async throws {
    let context = try certificate.map { certificate in
      try NIOSSLContext(
        configuration: .makeServerConfiguration(
          certificateChain: certificate.chain.map {
            .certificate(try NIOSSLCertificate(bytes: Array($0.utf8), format: .pem))
          },
          privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(certificate.key.utf8), format: .pem))
        )
      )
    }
    let bytes = ReceivedBytes()
    self.bytes = bytes
    scheme = context == nil ? "tcp" : "tls"
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
          try pipeline.addHandler(StreamReceiver(bytes))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
  }

  /// Listens to datagrams at a free port.
  package init(datagramsAt port: Int) async throws {
    let bytes = ReceivedBytes()
    self.bytes = bytes
    scheme = "udp"
    channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramReceiver(bytes))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
  }

  package var port: Int { channel.localAddress?.port ?? 0 }

  /// What `audit.syslog` is for it.
  package var address: String { "\(scheme)://127.0.0.1:\(port)" }

  /// The messages that came, without their lengths.
  package var messages: [String] { bytes.messages }

  package func stop() async throws {
    try await channel.close().get()
  }
}

/// What came, taken apart.
private final class ReceivedBytes: Sendable {
  private let all = Mutex<[String]>([])

  var messages: [String] { all.withLock { $0 } }

  func append(_ message: String) {
    all.withLock { $0.append(message) }
  }
}

private final class StreamReceiver: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let received: ReceivedBytes
  private var rest = ByteBuffer()

  init(_ received: ReceivedBytes) {
    self.received = received
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    rest.writeBuffer(&buffer)
    while let space = rest.readableBytesView.firstIndex(of: UInt8(ascii: " ")) {
      let digits = rest.readableBytesView[rest.readerIndex..<space]
      guard let length = Int(String(decoding: digits, as: UTF8.self)),
        rest.readableBytes >= digits.count + 1 + length
      else { return }
      rest.moveReaderIndex(forwardBy: digits.count + 1)
      received.append(rest.readString(length: length) ?? "")
    }
  }
}

private final class DatagramReceiver: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let received: ReceivedBytes

  init(_ received: ReceivedBytes) {
    self.received = received
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received.append(String(buffer: unwrapInboundIn(data).data))
  }
}
