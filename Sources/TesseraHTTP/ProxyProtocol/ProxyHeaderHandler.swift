import NIOCore
import NIOExtras
import TesseraCore

/// A connection until it is known from its PROXY header whom it is for.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let timeout: TimeAmount
  private let warning: PacedWarning
  /// Installs what comes next behind this one, given whom the connection is for; nil for the proxy itself.
  private let proceed: (SourceAddress?) throws -> Void
  private var received = ByteBuffer()
  private var timer: Scheduled<Void>?
  private var isStopping = false

  init(timeout: TimeAmount, warning: PacedWarning, proceed: @escaping (SourceAddress?) throws -> Void) {
    self.timeout = timeout
    self.warning = warning
    self.proceed = proceed
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: timeout) { bound.value.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    do {
      guard let header = try ProxyHeader.read(received.readableBytesView) else { return }
      timer?.cancel()
      try proceed(header.source)
      if isStopping { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
      received.moveReaderIndex(forwardBy: header.length)
      if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
      context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    } catch {
      if error is ProxyHeader.Malformed {
        warning.write(
          "a connection without a PROXY header was closed: let the proxy send one, or unset http.proxy-protocol"
        )
      }
      context.close(promise: nil)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent: isStopping = true
    case ChannelEvent.inputClosed: context.close(promise: nil)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
