import TesseraCore

/// What a server can listen at: an IP address or `localhost`.
///
/// Not any name, since what that resolves to can change, and with it whether it is loopback.
package enum ListenAddress {
  private static let loopback = ["127.0.0.0/8", "::1"].compactMap(AddressRange.init)

  static func isAllowed(_ host: String) -> Bool {
    host == "localhost" || SourceAddress(host) != nil
  }

  /// Whether only this machine can reach this host.
  package static func isLoopback(_ host: some StringProtocol) -> Bool {
    if host.lowercased() == "localhost" { return true }
    guard let address = SourceAddress(String(host)) else { return false }
    return loopback.contains { $0.contains(address) }
  }

  /// The hosts without those that another includes.
  static func distinct(_ hosts: [String]) -> [String] {
    var seen: Set<String> = []
    return hosts.filter { seen.insert($0).inserted && !($0 == "0.0.0.0" && hosts.contains("::")) }
  }
}
