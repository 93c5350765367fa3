import NIOCore
package import TesseraCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a server could not start.
///
/// One line that says what to do.
package enum ServerStartError: Error, CustomStringConvertible {
  /// The store could not be read.
  case store(StoreError)
  /// The address could not be bound; the number is the system's `errno`.
  case cannotListen(host: String, port: Int, errorNumber: Int32, keys: ListenerKeys = .http)

  /// What the keys of a listener are called.
  package enum ListenerKeys: String, Sendable {
    case http
    case management
  }

  /// A socket cannot be listened at.
  case listening(ListeningProblem)

  package var description: String {
    switch self {
    case .listening(let problem): problem.description
    case .store(let error): "cannot read the store: \(error)"
    case .cannotListen(let host, let port, EADDRINUSE, .http):
      "port \(port) of \(host) is in use: stop what listens there, or choose another with --port or http.port"
    case .cannotListen(let host, let port, EADDRINUSE, .management):
      "port \(port) of \(host) is in use: stop what listens there, or choose another with management.port, or set it "
        + "to off"
    case .cannotListen(_, let port, EACCES, _):
      "port \(port) needs special privileges: choose one above 1023, or grant CAP_NET_BIND_SERVICE"
    case .cannotListen(let host, _, EADDRNOTAVAIL, let keys):
      "\(host) is not an address of this machine: set \(keys).host"
    case .cannotListen(let host, let port, let number, _):
      "cannot listen at \(host) port \(port): \(String(describing: IOError(errnoCode: number, reason: "bind")))"
    }
  }
}
