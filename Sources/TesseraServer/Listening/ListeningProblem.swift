import Foundation
import TesseraCore

/// Why a socket cannot be listened at: one line that says what to do.
package enum ListeningProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path does not fit into the address of a Unix socket.
  case pathTooLong(String, limit: Int)
  /// A process listens there.
  case taken(String)
  /// Something else than a socket is there.
  case notASocket(String)
  /// The system does not let us.
  case failed(String, SystemError)
  /// There is no such user or group.
  case unknownOwner(String)
  /// The socket cannot be given to them.
  case ownerRefused(String, SystemError)
  /// What was handed over is no socket that listens.
  case notListening(descriptor: CInt, name: String)
  /// What was handed over says nothing that makes sense.
  case badHandover(String)
  /// A socket was handed over for TLS, and there is no certificate.
  case noCertificate(name: String)
  /// A socket beyond this machine was handed over for plain HTTP.
  case plainBeyondLoopback(name: String)

  package var description: String {
    switch self {
    case .pathTooLong(let path, let limit):
      "http.socket \(path.printable) is longer than the \(limit) bytes that the system takes: choose a shorter path"
    case .taken(let path):
      "a process listens at \(path.printable): stop it, or choose another path with http.socket"
    case .notASocket(let path):
      "\(path.printable) is there and no socket: move it away, or choose another path with http.socket"
    case .failed(let path, let reason): "cannot listen at \(path.printable): \(reason)"
    case .unknownOwner(let owner):
      "http.socket-owner \(owner.printable): there is no such user or group; create it, or name another"
    case .ownerRefused(let path, let reason):
      "cannot give \(path.printable) to http.socket-owner: \(reason); run as root, or name a group that this user is in"
    case .notListening(let descriptor, let name):
      "descriptor \(descriptor) (\(name.printable)) was handed over and is no listening socket: use ListenStream= and "
        + "Accept=no in the socket unit"
    case .badHandover(let text):
      "LISTEN_FDS is '\(text.printable)', not a number of sockets from 1 to \(InheritedSocket.limit): let the service "
        + "manager set it"
    case .noCertificate(let name):
      "a socket named \(name.printable) was handed over, and there is no certificate: set http.tls.certificate and "
        + "http.tls.key"
    case .plainBeyondLoopback(let name):
      "the socket \(name.printable) was handed over, and plain HTTP beyond loopback is refused: set "
        + "http.tls.certificate and http.tls.key, or http.behind-tls-proxy"
    }
  }
}
