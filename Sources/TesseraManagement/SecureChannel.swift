import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A connection that begins with a TLS handshake, by whatever certificate is in use then.
struct SecureChannel<Inner: ServerChildChannel>: ServerChildChannel {
  typealias Value = Inner.Value

  private let inner: Inner
  private let begin: @Sendable () -> NIOSSLServerHandler

  init(_ inner: Inner, begin: @escaping @Sendable () -> NIOSSLServerHandler) {
    self.inner = inner
    self.begin = begin
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(begin())
    }.flatMap {
      inner.setup(channel: channel, logger: logger)
    }
  }

  func handle(value: Value, logger: Logger) async {
    await inner.handle(value: value, logger: logger)
  }
}
