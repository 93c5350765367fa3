import NIOCore
import Synchronization
import TesseraCore

/// Counts the connections of each address, or of each /64 of IPv6, against their limit.
final class AddressLimit: Sendable {
  /// What one owner has at least: an IPv4 address, or the first 64 bits of an IPv6 one.
  private struct Network: Hashable {
    private let bits: UInt64
    private let isIPv6: Bool

    init(_ address: SourceAddress) {
      bits = address.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
      isIPv6 = address.bytes.count == 16
    }
  }

  private let limit: Int
  /// Those whose connections are other people's.
  private let exempt: [AddressRange]
  /// No more entries than there are connections.
  private let counts = Mutex<[Network: Int]>([:])

  init(limit: Int, exempt: [AddressRange]) {
    self.limit = limit
    self.exempt = exempt
  }

  /// Counts a connection of this address until its channel is closed; false when there are too many.
  func admit(_ channel: any Channel, from address: SourceAddress) -> Bool {
    guard address != .unknown, !exempt.contains(where: { $0.contains(address) }) else { return true }
    let network = Network(address)
    let isAdmitted = counts.withLock { counts in
      let count = counts[network, default: 0]
      guard count < limit else { return false }
      counts[network] = count + 1
      return true
    }
    guard isAdmitted else { return false }
    channel.closeFuture.whenComplete { [self] _ in leave(network) }
    return true
  }

  private func leave(_ network: Network) {
    counts.withLock { counts in
      guard let count = counts[network] else { return }
      counts[network] = count > 1 ? count - 1 : nil
    }
  }
}
