import NIOCore
import TesseraCore
import TesseraSupport

/// What becomes of the connections that one listener accepts, until somebody speaks HTTP on them.
struct Reception: Sendable {
  let listener: HTTPListener
  let open: OpenConnections
  /// How many connections each address may have; nil for as many as all together.
  let addresses: AddressLimit?
  let limits: HTTPLimits
  let warning: PacedWarning
  let clock: WallClock
  /// What the connections of this listener share that ask these endpoints.
  let shared: @Sendable (EndpointTable) -> ConnectionContext

  /// Whoever connects to a Unix socket is on this machine.
  static let unixPeer = SourceAddress("127.0.0.1") ?? .unknown

  /// Decides on a new connection, which is not active yet.
  func receive(_ channel: any Channel) -> EventLoopFuture<Void> {
    open.admit(channel).flatMapThrowing { isAdmitted in
      guard isAdmitted, let neighbours = open.connections(of: channel.eventLoop) else {
        try refuse(channel, "too many connections")
        return
      }
      let peer = listener.isUnix ? Reception.unixPeer : Reception.peer(of: channel)
      guard let announcers = listener.announcers else {
        try begin(channel, peer, neighbours)
        return
      }
      guard listener.isUnix || announcers.contains(where: { $0.contains(peer) }) else {
        warning.write(
          "a connection from outside http.trusted-proxies was closed: with http.proxy-protocol, only those may connect",
          detail: peer.description
        )
        try channel.pipeline.syncOperations.addHandler(Farewell(nil))
        return
      }
      try channel.pipeline.syncOperations.addHandler(
        ProxyHeaderHandler(timeout: .seconds(Int64(limits.handshakeTimeout)), warning: warning) { source in
          if let source {
            try begin(channel, source, neighbours)
          } else {
            try speak(channel, peer, neighbours)
          }
        }
      )
    }
  }

  private static func peer(of channel: any Channel) -> SourceAddress {
    channel.remoteAddress?.ipAddress.flatMap { SourceAddress($0) } ?? .unknown
  }

  private func begin(_ channel: any Channel, _ peer: SourceAddress, _ neighbours: LoopConnections) throws {
    guard addresses?.admit(channel, from: peer) ?? true else {
      warning.write(
        "an address has too many connections: raise http.max-connections-per-address",
        detail: "\(peer)"
      )
      try refuse(channel, "too many connections of one address")
      return
    }
    try speak(channel, peer, neighbours)
  }

  private func speak(_ channel: any Channel, _ peer: SourceAddress, _ neighbours: LoopConnections) throws {
    var shared = shared(neighbours.table)
    switch listener.kind {
    case .plain: try ConnectionHandler.serve(channel, shared, peer: peer, neighbours: neighbours)
    case .plainRefusal(let url):
      shared.table = EndpointTable([:], unknown: PlainPortRefusal(url: url))
      try ConnectionHandler.serve(channel, shared, peer: peer, neighbours: neighbours)
    case .tls(let credentials):
      shared.transport = .tls(peerCertificate: nil)
      shared.strictTransportAge = credentials.strictTransportAge
      try TLSHandshake.begin(
        channel,
        credentials,
        neighbours: neighbours,
        timeout: .seconds(Int64(limits.handshakeTimeout))
      ) { [shared] agreed, certificate in
        var shared = shared
        if let certificate { shared.transport = .tls(peerCertificate: certificate) }
        switch agreed {
        case .http2: try HTTP2Connection.serve(channel, shared, peer: peer, neighbours: neighbours)
        case .http1: try ConnectionHandler.serve(channel, shared, peer: peer, neighbours: neighbours)
        }
      }
    }
  }

  /// Inside TLS nothing can be said without the very work that there is too much of.
  private func refuse(_ channel: any Channel, _ detail: String) throws {
    let response = listener.isTLS ? nil : ContractDialect().response(for: .temporarilyUnavailable(detail))
    try channel.pipeline.syncOperations.addHandler(Farewell(response, clock: clock))
  }
}
