import NIOCore

/// Stands before the HTTP decoder and tells the connection when bytes arrive, so that the deadline of a
/// request counts from its first byte; and throws away what comes after the last answer.
final class ByteObserver: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let connection: ConnectionHandler

  init(_ connection: ConnectionHandler) {
    self.connection = connection
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if connection.bytesArrived(unwrapInboundIn(data).readableBytes) {
      context.fireChannelRead(data)
    }
  }
}
