import TesseraCore
import TesseraSupport

/// What all connections of a server share.
struct ConnectionContext: Sendable {
  var table: EndpointTable
  let limits: HTTPLimits
  let exchanges: ExchangeHandler
  let clock: WallClock
  /// What protects their requests.
  var transport = Transport.plain
  /// For `Strict-Transport-Security`, in seconds; 0 when it is not sent.
  var strictTransportAge = 0

  /// The value of `Strict-Transport-Security` (RFC 6797 §7.2: over TLS only); nil when it is not sent.
  var strictTransport: String? { strictTransportAge > 0 ? "max-age=\(strictTransportAge)" : nil }

  /// The fields that every answer has, as they stand on the wire.
  var commonFields: String {
    strictTransport.map { "Strict-Transport-Security: \($0)\r\n" } ?? ""
  }
}
