import NIOCore
import TesseraCore

extension SourceAddress {
  /// The address of a peer; nil for a Unix socket.
  init?(socketAddress: SocketAddress) {
    guard let text = socketAddress.ipAddress else { return nil }
    self.init(text)
  }
}
