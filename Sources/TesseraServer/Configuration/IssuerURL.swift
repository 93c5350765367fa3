import Foundation
import TesseraCore
import TesseraSupport

/// What an issuer identifier has to be (RFC 8414 §2): https, no query, no fragment.
///
/// For a server that only this machine can reach, http will do.
enum IssuerURL {
  static func isAllowed(_ text: String) -> Bool {
    guard (1...IssuerIdentifier.maximumLength).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      !text.contains(where: { "?#\"<>\\^`{|}".contains($0) }),
      let components = URLComponents(string: text), let host = components.host, !host.isEmpty,
      components.user == nil, components.password == nil
    else { return false }
    switch components.scheme {
    case "https": return true
    case "http": return ListenAddress.isLoopback(host.trimmingCharacters(in: ["[", "]"]))
    default: return false
    }
  }
}
