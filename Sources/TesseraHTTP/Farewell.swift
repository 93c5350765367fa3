import NIOCore
import TesseraCore
import TesseraSupport

/// Closes a connection that is not taken, with an answer that says why, or without.
final class Farewell: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let response: EndpointResponse?
  private let clock: WallClock

  init(_ response: EndpointResponse?, clock: WallClock = .system) {
    self.response = response
    self.clock = clock
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { say(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    say(context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

  private func say(_ context: ChannelHandlerContext) {
    guard let response else {
      context.close(promise: nil)
      return
    }
    let writer = ResponseWriter(clock: clock)
    var buffer = context.channel.allocator.buffer(capacity: 512)
    writer.write(response, to: &buffer, closing: true, isHEAD: false, isHTTP10: false)
    context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { _ in
      context.close(promise: nil)
    }
  }
}
