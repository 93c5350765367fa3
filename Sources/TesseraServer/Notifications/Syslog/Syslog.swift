package import NIOSSL
package import TesseraCore

/// Tells syslog of what the audit log records.
package struct Syslog: DeliverySink {
  private let message: SyslogMessage
  private let address: SyslogAddress
  private let roots: NIOSSLTrustRoots

  package init(_ address: SyslogAddress, facility: SyslogFacility, trusting roots: NIOSSLTrustRoots) {
    message = SyslogMessage(facility: facility)
    self.address = address
    self.roots = roots
  }

  package var batchSize: Int { 100 }

  package func tell(_ events: [SecurityEvent]) async -> DeliveryFailure? {
    let messages = events.compactMap(message.bytes)
    do throws(DeliveryFailure) {
      switch address {
      case .unix(let path): try await SyslogDatagrams(.unix(path: path)).send(messages)
      case .udp(let host, let port): try await SyslogDatagrams(.udp(host: host, port: port)).send(messages)
      case .tcp(let host, let port): try await SyslogStream(host: host, port: port, tls: nil).send(messages)
      case .tls(let host, let port):
        try await SyslogStream(host: host, port: port, tls: roots).send(messages)
      }
      return nil
    } catch {
      return error
    }
  }
}
