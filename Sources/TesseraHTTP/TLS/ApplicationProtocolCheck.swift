import NIOCore

/// Ends a handshake whose client offers protocols, and none that is spoken here (RFC 7301 §3.2).
///
/// The TLS library would go on, and the client would send what it meant for somebody else.
final class ApplicationProtocolCheck: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// A fatal alert, no_application_protocol (RFC 8446 §6).
  private static let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 120]

  private var hello = ClientHello()
  private let helloCame: () -> Void

  /// `helloCame` is called when the client has said all of what it begins with.
  init(_ helloCame: @escaping () -> Void = {}) {
    self.helloCame = helloCame
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch hello.read(unwrapInboundIn(data)) {
    case .incomplete: context.fireChannelRead(data)
    case .complete(.some(let names))
    where !names.contains(where: { ApplicationProtocol(rawValue: $0) != nil }):
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: ApplicationProtocolCheck.alert)), promise: nil)
      context.close(promise: nil)
    case .complete:
      helloCame()
      fallthrough
    case .unreadable:
      context.fireChannelRead(data)
      context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
  }
}
