import Logging
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Accepts nothing for a second when the system has no descriptor or no memory for another connection.
///
/// Without it NIO asks again at once, as long as somebody waits to be accepted. NIO's own
/// `AcceptBackoffHandler` delays only the reads that a handler asks for; after a failed `accept` the channel
/// still waits for the read it asked for before, and spins all the same.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel

  private let logger: Logger
  private var isPaused = false

  init(logger: Logger) {
    self.logger = logger
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch (error as? IOError)?.errnoCode {
    case EMFILE, ENFILE, ENOBUFS, ENOMEM:
      guard !isPaused else { return }
      logger.warning("no connection can be accepted", metadata: ["error": .string("\(error)")])
      isPaused = true
      accept(false, context)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .seconds(1)) {
        let (handler, context) = bound.value
        handler.isPaused = false
        handler.accept(true, context)
      }
    // A peer that went away while it waited is no reason to keep the others waiting.
    default: context.fireErrorCaught(error)
    }
  }

  private func accept(_ accepts: Bool, _ context: ChannelHandlerContext) {
    // It fails only when the channel is closed, and then there is nothing to accept.
    try? context.channel.syncOptions?.setOption(.autoRead, value: accepts)
  }
}
