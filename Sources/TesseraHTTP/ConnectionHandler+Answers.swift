import NIOCore
import NIOHTTP1
import TesseraCore

/// From an answer to the wire, and the end of the connection after the last one.
extension ConnectionHandler {
  /// Answers to requests sent ahead are written together, up to this size.
  private static let outputSize = 16_384
  /// A buffer that grew larger is not kept for the next answer.
  private static let keptOutputSize = 4096

  func finish(
    _ response: EndpointResponse,
    _ endpoint: any Endpoint,
    _ head: RequestHead?,
    source: SourceAddress,
    closing: Bool = false,
    _ context: ChannelHandlerContext
  ) {
    let closing = closing || isStopping || !(head?.isKeepAlive ?? false)
    output.reserveCapacity(minimumWritableBytes: 512 + response.body.count)
    writer.write(
      response,
      to: &output,
      closing: closing,
      isHEAD: head?.isHEAD ?? false,
      isHTTP10: head?.isHTTP10 ?? false
    )
    // Not before the answer is on its way: what a line says, and so what it costs, differs from refusal to refusal.
    let now = NIODeadline.now()
    turn.answered(at: now)
    unlogged.append(
      RequestRecord(
        method: head?.method ?? "",
        path: endpoint.path,
        status: response.status,
        clientID: response.clientID,
        source: source,
        microseconds: (now - started).nanoseconds / 1000,
        detail: response.privateDetail
      )
    )
    if closing {
      linger(context)
    } else {
      becomeIdle(at: now, context)
      if output.readableBytes >= ConnectionHandler.outputSize { writeOutput(context) }
    }
  }

  /// Writes the answers that are there, and what became of their requests to the log.
  func writeOutput(_ context: ChannelHandlerContext) {
    defer {
      for record in unlogged { shared.log.record(record) }
      unlogged.removeAll(keepingCapacity: true)
    }
    guard output.readableBytes > 0 else { return }
    context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    if output.capacity > ConnectionHandler.keptOutputSize {
      output = ByteBuffer()
    } else {
      // Written at once, as is usual, the memory is ours alone again and serves the next answer.
      output.clear()
    }
  }

  /// Closes our half and waits for the peer's: closing at once, with input unread, would reset the
  /// connection and could take the answer with it (RFC 9112 §9.6).
  private func linger(_ context: ChannelHandlerContext) {
    guard !isInputClosed else {
      closeAfterOutput(context)
      return
    }
    beginToLinger()
    writeOutput(context)
    context.close(mode: .output, promise: nil)
    if !isOutputClosed { setTimer(.seconds(Int64(shared.limits.requestTimeout)), context) }
  }

  /// Closes the connection once the peer has all answers, and answers nothing more.
  func closeAfterOutput(_ context: ChannelHandlerContext) {
    beginToLinger()
    writeOutput(context)
    let unsent = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
    guard let unsent, unsent > 0 else {
      context.close(promise: nil)
      return
    }
    setTimer(.seconds(Int64(shared.limits.requestTimeout)), context)
    // Closing our half would do, but NIO closes both at once when the other is closed.
    let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
    written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
  }

  private func beginToLinger() {
    becomeBusy(.lingering)
    waiting.removeAll(keepingCapacity: true)
    parser?.stop()
  }
}
