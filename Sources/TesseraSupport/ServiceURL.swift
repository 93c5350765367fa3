#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// The rules for a URL that tokens are sent to, or that decides which tokens are valid.
package enum ServiceURL {
  package enum Problem: Error, Equatable {
    case notAnHTTPURL
    case hasFragment
    case hasUserInformation
    case isNotEncrypted
  }

  /// The parts of a URL that keeps the rules.
  package static func parts(of text: String, allowsPlainHTTP: Bool) throws(Problem) -> URLComponents {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty
    else { throw .notAnHTTPURL }
    guard parts.fragment == nil else { throw .hasFragment }
    guard parts.user == nil, parts.password == nil else { throw .hasUserInformation }
    guard scheme == "https" || allowsPlainHTTP || isThisMachine(host) else { throw .isNotEncrypted }
    return parts
  }

  /// Only what cannot be anything but this machine: no name that a resolver could send elsewhere, save
  /// `localhost` (RFC 6761 §6.3).
  package static func isThisMachine(_ host: String) -> Bool {
    if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }
}
