import Foundation
import TesseraCore

/// A URL that somebody has registered, and that this server asks: https, with a host that every reader takes for the same.
package struct OutboundURL: Sendable {
  /// The URL, to the letter.
  package let text: String
  /// A DNS name in lower case, or an address without brackets.
  package let host: String
  /// The address that the host is; nil for a name.
  let address: SourceAddress?

  /// Nil for another scheme, user information, a fragment, and a host that has escapes, upper case or other letters than
  /// those of DNS.
  package init?(_ text: String) {
    guard text.utf8.count <= 2048, text.hasPrefix("https://"), text.utf8.allSatisfy(OutboundURL.mayStand),
      let parts = URLComponents(string: text), parts.user == nil, parts.password == nil,
      parts.fragment == nil,
      let written = parts.host, (1...65_535).contains(parts.port ?? 443)
    else { return nil }
    let host =
      written.hasPrefix("[") && written.hasSuffix("]") ? String(written.dropFirst().dropLast()) : written
    address = SourceAddress(host)
    guard address != nil || OutboundURL.isName(host) else { return nil }
    // To the letter, without an escape that one reader undoes and another does not.
    let authority = text.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" }
    let literal = host.contains(":") ? "[\(host)]" : host
    guard authority == literal + (parts.port.map { ":\($0)" } ?? "") else { return nil }
    self.text = text
    self.host = host
  }

  /// What is in a URL (RFC 3986 §2); what is not, readers repair differently.
  private static func mayStand(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && !"\"<>\\^`{|}".utf8.contains(byte)
  }

  /// Labels of letters, digits and hyphens; the last is no number, which some read as an address.
  static func isName(_ host: String) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return host.utf8.count <= 253 && labels.last?.first?.isNumber == false
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count)
          && label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
              UInt8(ascii: "-"),
              UInt8(ascii: "_"):
              true
            default: false
            }
          }
      }
  }
}
