#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// An introspection endpoint that was checked (RFC 7662 §4).
struct IntrospectionEndpointURL: Sendable {
  let text: String

  init(_ text: String, allowsPlainHTTP: Bool) throws(InvalidIntrospectionEndpoint) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty
    else { throw .notAnHTTPURL }
    guard parts.fragment == nil else { throw .hasFragment }
    guard parts.user == nil, parts.password == nil else { throw .hasUserInformation }
    guard scheme == "https" || allowsPlainHTTP || IntrospectionEndpointURL.isThisMachine(host) else {
      throw .isNotEncrypted
    }
    self.text = text
  }

  /// Only what cannot be anything but this machine: no name that a resolver could send elsewhere, save
  /// `localhost` (RFC 6761 §6.3).
  private static func isThisMachine(_ host: String) -> Bool {
    if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }
}
