import NIOCore
import NIOPosix
import NIOSSL
import TesseraCore

/// Sends messages over a connection, each after its length (RFC 6587 §3.4.1, RFC 5425 §4.3).
///
/// There is no acknowledgement in syslog. So each batch has a connection of its own, which is closed on this side first: that the
/// receiver closes it then in order says that it has read all of it.
struct SyslogStream: Sendable {
  /// How long a batch may take.
  private static let patience = TimeAmount.seconds(10)

  let host: String
  let port: Int
  /// Whom to trust; nil without TLS.
  let tls: NIOSSLTrustRoots?

  func send(_ messages: [[UInt8]]) async throws(DeliveryFailure) {
    do {
      let context = try tls.map { roots in
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = roots
        configuration.minimumTLSVersion = .tlsv12
        return try NIOSSLContext(configuration: configuration)
      }
      try await send(messages, context)
    } catch let error as NIOConnectionError {
      guard let error = error.connectionErrors.first?.error as? IOError else {
        throw DeliveryFailure("syslog cannot be reached: no address of its host answers")
      }
      throw DeliveryFailure("syslog cannot be reached: \(SystemError(code: error.errnoCode))")
    } catch let error as IOError {
      throw DeliveryFailure("syslog cannot be reached: \(SystemError(code: error.errnoCode))")
    } catch let error as DeliveryFailure {
      throw error
    } catch {
      // An error of TLS could quote what was received.
      throw DeliveryFailure("syslog cannot be reached: \(type(of: error))")
    }
  }

  private func send(_ messages: [[UInt8]], _ context: NIOSSLContext?) async throws {
    let name = (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.seconds(5))
      .channelOption(.allowRemoteHalfClosure, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context {
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
          }
          try pipeline.addHandler(FirstError(channel.eventLoop.makePromise(of: Void.self)))
        }
      }
    let channel = try await bootstrap.connect(host: host, port: port).get()
    let end = try await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: FirstError.self).end
    }.get()
    let deadline = channel.eventLoop.scheduleTask(in: SyslogStream.patience) {
      channel.pipeline.fireErrorCaught(DeliveryFailure("syslog took longer than 10 seconds"))
      channel.close(promise: nil)
    }
    defer { deadline.cancel() }
    var buffer = channel.allocator.buffer(capacity: messages.reduce(0) { $0 + $1.count + 8 })
    for message in messages {
      buffer.writeString("\(message.count) ")
      buffer.writeBytes(message)
    }
    do {
      try await channel.writeAndFlush(buffer).get()
      // With TLS both sides say that they close (RFC 8446 §6.1).
      if context == nil { try await channel.close(mode: .output).get() } else { channel.close(promise: nil) }
      try await end.get()
    } catch {
      channel.close(promise: nil)
      throw error
    }
  }
}

/// Tells the first error of a connection, or that it was closed in order.
private final class FirstError: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let promise: EventLoopPromise<Void>
  private var isClosing = false

  init(_ promise: EventLoopPromise<Void>) {
    self.promise = promise
  }

  var end: EventLoopFuture<Void> { promise.futureResult }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Nothing that a receiver of syslog says counts.
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    isClosing = true
    context.close(mode: mode, promise: promise)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Not everybody answers that TLS is closed before closing the connection.
    if isClosing, case NIOSSLError.uncleanShutdown = error { return promise.succeed() }
    promise.fail(error)
    context.close(promise: nil)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    promise.fail(ChannelError.eof)
  }

  func channelInactive(context: ChannelHandlerContext) {
    // A receiver that closes first has not read what is still to come.
    if isClosing { promise.succeed() } else { promise.fail(ChannelError.eof) }
  }
}
