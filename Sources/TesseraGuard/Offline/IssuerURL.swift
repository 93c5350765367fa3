import TesseraSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// An issuer that was checked (RFC 8414 §2).
struct IssuerURL: Sendable {
  /// As it stands in `iss`.
  let text: String
  /// Where its metadata is: the well-known part stands before the path (RFC 8414 §3.1).
  let metadataURL: String

  init(_ text: String, allowsPlainHTTP: Bool) throws(InvalidIssuer) {
    // `URLComponents` would escape other characters by itself, and so talk about another URL.
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notAnHTTPURL }
    let parts: URLComponents
    do throws(ServiceURL.Problem) {
      parts = try ServiceURL.parts(of: text, allowsPlainHTTP: allowsPlainHTTP)
    } catch {
      switch error {
      case .notAnHTTPURL: throw .notAnHTTPURL
      case .hasFragment: throw .hasQueryOrFragment
      case .hasUserInformation: throw .hasUserInformation
      case .isNotEncrypted: throw .isNotEncrypted
      }
    }
    guard parts.query == nil else { throw .hasQueryOrFragment }
    self.text = text
    let path = IssuerIdentifier(text).path
    let origin = text.hasSuffix("/") ? text.dropLast(path.utf8.count + 1) : text.dropLast(path.utf8.count)
    metadataURL = origin + "/.well-known/oauth-authorization-server" + path
  }
}
