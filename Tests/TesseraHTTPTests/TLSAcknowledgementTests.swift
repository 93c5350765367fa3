#if os(Linux)
  import NIOCore
  import NIOPosix
  import TesseraTestSupport
  import Testing

  @testable import TesseraHTTP

  /// The end of a handshake, for which clients with Nagle's algorithm wait.
  @Suite struct TLSAcknowledgementTests {
    /// Lets a channel speak TLS, and calls back when HTTP may begin.
    private static func begin(
      _ channel: any Channel,
      _ credentials: TLSCredentials,
      _ proceed: @escaping () -> Void
    ) throws {
      let eventLoop = channel.eventLoop
      let neighbours = LoopConnections(of: eventLoop)
      try TLSHandshake.begin(channel, credentials, neighbours: neighbours, timeout: .hours(1)) { _, _ in
        proceed()
      }
    }

    /// The system has just answered the first half of the handshake, and would wait for an answer to the second.
    @Test func theEndOfAHandshakeIsAcknowledgedAtOnce() async throws {
      let authority = try TestAuthority()
      let credentials = try TLSCredentials(authority.issue())
      let (settings, setting) = AsyncStream<Int?>.makeStream()
      let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try TLSAcknowledgementTests.begin(channel, credentials) {
              let value = try? channel.syncOptions?.getOption(.promptAcknowledgement)
              setting.yield(value)
            }
          }
        }
        .bind(host: "127.0.0.1", port: 0).get()
      let port = try #require(listener.localAddress?.port)
      let client = try await TestConnection(port: port, tls: TestTLS.client(of: authority))
      #expect(await settings.first { _ in true } == 1)
      await client.close()
      try await listener.close()
    }
  }
#endif
