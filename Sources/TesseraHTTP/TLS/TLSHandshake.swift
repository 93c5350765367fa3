import NIOCore
import NIOExtras
import NIOSSL
import NIOTLS
import TesseraCore

/// A connection until it is clear what is spoken inside TLS.
///
/// How long that may take is bounded, and so is how many are at it at a time (`HandshakeList`). What a peer can send
/// meanwhile is bounded by the TLS library, which takes no message above 16 KiB from a client, or 100 KiB where it may show
/// certificates.
final class TLSHandshake: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let neighbours: LoopConnections
  private let timeout: TimeAmount
  /// Installs what speaks the protocol that was agreed upon; the handlers take the place of this one.
  private let proceed: (ApplicationProtocol, ClientCertificate?) throws -> Void
  /// The handler of TLS, which is passed over when the peer is not worth a word.
  private var tls: ChannelHandlerContext?
  /// The certificate of the client, once the handshake is over.
  private var certificate: () -> ClientCertificate? = { nil }
  private var place: HandshakeList.Place?
  private var timer: Scheduled<Void>?
  private var isStopping = false

  private init(
    neighbours: LoopConnections,
    timeout: TimeAmount,
    proceed: @escaping (ApplicationProtocol, ClientCertificate?) throws -> Void
  ) {
    self.neighbours = neighbours
    self.timeout = timeout
    self.proceed = proceed
  }

  /// Lets a channel speak TLS, and then what was agreed upon.
  static func begin(
    _ channel: any Channel,
    _ credentials: TLSCredentials,
    neighbours: LoopConnections,
    timeout: TimeAmount,
    proceed: @escaping (ApplicationProtocol, ClientCertificate?) throws -> Void
  ) throws {
    let handshake = TLSHandshake(neighbours: neighbours, timeout: timeout, proceed: proceed)
    let pipeline = channel.pipeline.syncOperations
    // The one that waits for the outcome first: on a channel that is active the other begins as soon as it is added.
    try pipeline.addHandler(handshake)
    let (tls, intake) = credentials.begin()
    if let intake { handshake.certificate = { intake.certificate(of: tls) } }
    try pipeline.addHandler(tls, position: .before(handshake))
    try pipeline.addHandler(ApplicationProtocolCheck { handshake.helloCame() }, position: .before(tls))
    handshake.tls = try? pipeline.context(handler: tls)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    place = neighbours.addHandshake(self)
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: timeout) { bound.value.cut() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end()
    tls = nil
    certificate = { nil }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSUserEvent.handshakeCompleted(let name):
      // A peer that asks for none by name gets what was there before names were.
      let agreed = name.flatMap(ApplicationProtocol.init) ?? .http1
      end()
      // HTTP/2 begins with settings, which say it along the way.
      if agreed == .http1 { context.channel.acknowledgeNow() }
      do {
        try proceed(agreed, certificate())
        if isStopping { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
      } catch {
        context.close(promise: nil)
      }
    // Whoever was accepted is answered.
    case is ChannelShouldQuiesceEvent: isStopping = true
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The library says why in an alert, and closes.
    if !(error is NIOSSLError) { context.close(promise: nil) }
  }

  private func helloCame() {
    place = place.map { neighbours.beginHandshake(self, $0) }
  }

  /// Closes the connection without a word.
  func cut() {
    guard place != nil else { return }
    end()
    tls?.close(promise: nil)
  }

  private func end() {
    if let place { neighbours.removeHandshake(place) }
    place = nil
    timer?.cancel()
    timer = nil
  }
}
