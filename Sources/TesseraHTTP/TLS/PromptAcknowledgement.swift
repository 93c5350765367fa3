import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Channel {
  /// Acknowledges at once what the peer has sent.
  ///
  /// Nothing answers the end of a handshake before there is a request, and a client with Nagle's algorithm holds that back
  /// until the end is acknowledged, which Linux puts off for 40 ms in the hope of an answer to go along with.
  func acknowledgeNow() {
    #if os(Linux)
      // Where it is refused there is no TCP, and nothing is put off.
      try? syncOptions?.setOption(.promptAcknowledgement, value: 1)
    #endif
  }
}

#if os(Linux)
  extension ChannelOption where Self == ChannelOptions.Types.SocketOption {
    /// Whether what comes is acknowledged at once; by the next answer the system changes it itself.
    static var promptAcknowledgement: Self { Self(level: .tcp, name: .init(rawValue: TCP_QUICKACK)) }
  }
#endif
