import NIOCore
import TesseraCore
import TesseraSupport

/// Tells a connection above the limit to come again later, and closes it.
final class OverloadHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let clock: WallClock

  init(clock: WallClock) {
    self.clock = clock
  }

  func channelActive(context: ChannelHandlerContext) {
    let response = SeedDialect().response(for: .temporarilyUnavailable("too many connections"))
    var writer = ResponseWriter(clock: clock)
    var buffer = context.channel.allocator.buffer(capacity: 512)
    writer.write(response, to: &buffer, closing: true, isHEAD: false, isHTTP10: false)
    context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { _ in
      context.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
