import Logging
import TesseraCore
import TesseraHTTP

/// Where a server listens and what it speaks there, as its configuration and its service manager have it.
struct ListeningPlan: Sendable {
  /// All but the Unix socket that we make, which comes last.
  private let planned: [HTTPListener]
  /// How each is called in what people read, given its port.
  private let names: [@Sendable (_ port: Int) -> String]
  private let unixSocket: UnixSocket?
  private let announcers: [AddressRange]?

  /// Takes the inherited sockets, and looks whether the Unix socket can be opened.
  ///
  /// Without inherited sockets the addresses of the configuration count; `url` says what the issuer is, once it is known.
  init(
    _ configuration: ServerConfiguration,
    credentials: TLSCredentials?,
    inherited: [InheritedSocket],
    url: @escaping @Sendable () -> String
  ) throws(ListeningProblem) {
    let http = configuration.http
    var listeners: [HTTPListener] = []
    var names: [@Sendable (Int) -> String] = []
    let announcers = http.usesProxyProtocol ? http.trustedProxies : nil
    self.announcers = announcers
    let secure = credentials.map(HTTPListener.Kind.tls) ?? .plain
    func add(
      _ place: HTTPListener.Place,
      _ kind: HTTPListener.Kind,
      _ name: @escaping @Sendable (Int) -> String
    ) {
      listeners.append(HTTPListener(place, kind: kind, announcers: announcers))
      names.append(name)
    }
    for socket in inherited {
      let kind = try ListeningPlan.kind(of: socket, secure, configuration, url)
      let scheme = if case .tls = kind { "https" } else { "http" }
      add(.socket(socket.descriptor, isUnix: socket.isUnix), kind) { _ in
        guard let address = socket.address else { return "unix socket \(socket.name.printable)" }
        return ServerURL(scheme: scheme, host: "\(address)", port: socket.port).text
      }
    }
    var unixSocket: UnixSocket?
    if inherited.isEmpty {
      let scheme = configuration.scheme
      for host in http.hosts where http.listensAtAddresses {
        add(.address(host: host, port: http.port), secure) {
          ServerURL(scheme: scheme, host: host, port: $0).text
        }
      }
      if http.plainPort != 0 {
        for host in http.hosts {
          add(.address(host: host, port: http.plainPort), .plainRefusal(url: url)) {
            ServerURL(host: host, port: $0).text
          }
        }
      }
      if let socket = http.unixSocket {
        try socket.check()
        names.append { _ in "unix:\(socket.path.printable)" }
        unixSocket = socket
      }
    }
    planned = listeners
    self.names = names
    self.unixSocket = unixSocket
  }

  /// Where to listen, with the Unix socket open.
  func open() throws(ListeningProblem) -> [HTTPListener] {
    guard let unixSocket else { return planned }
    let place = HTTPListener.Place.socket(try unixSocket.open(), isUnix: true)
    return planned + [HTTPListener(place, kind: .plain, announcers: announcers)]
  }

  /// What the name of an inherited socket says: `https`, `http` or `plain-port`; by any other it is as one of our own.
  private static func kind(
    of socket: InheritedSocket,
    _ secure: HTTPListener.Kind,
    _ configuration: ServerConfiguration,
    _ url: @escaping @Sendable () -> String
  ) throws(ListeningProblem) -> HTTPListener.Kind {
    let kind: HTTPListener.Kind
    switch socket.name {
    case "plain-port": return .plainRefusal(url: url)
    case "https":
      guard case .tls = secure else { throw .noCertificate(name: socket.name) }
      return secure
    case "http": kind = .plain
    default: kind = socket.isUnix ? .plain : secure
    }
    if case .tls = kind { return kind }
    let isLocal = socket.address.map { ListenAddress.isLoopback("\($0)") } ?? true
    guard isLocal || configuration.http.isBehindTLSProxy else {
      throw .plainBeyondLoopback(name: socket.name)
    }
    return kind
  }

  /// Where the server listens, in the order in which people want to know.
  func places(_ ports: [Int]) -> [String] { zip(names, ports).map { $0($1) } }

  /// What the issuer is, where none is configured: the first address that is one.
  func defaultIssuer(_ ports: [Int], _ configuration: ServerConfiguration) -> String {
    let port = zip(planned, ports).first { !$0.0.isSocket && $0.1 != 0 }?.1
    return configuration.issuer(listeningAt: port ?? ports.first { $0 != 0 } ?? configuration.http.port)
  }

  /// Removes what the server leaves.
  func cleanUp() {
    unixSocket?.remove()
  }
}

extension HTTPListener {
  fileprivate var isSocket: Bool {
    if case .socket = place { true } else { false }
  }
}
