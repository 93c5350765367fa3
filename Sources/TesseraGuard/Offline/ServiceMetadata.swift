import TesseraCore

/// The members of authorization server metadata that count here (RFC 8414 §2).
struct ServiceMetadata: Sendable {
  /// The largest document that is read, in bytes.
  static let maximumSize = 65_536

  let keySetURL: String
  /// Nil when there is none.
  let revocationFeedURL: String?

  /// Reads the document of an issuer.
  init(_ bytes: [UInt8], of issuer: IssuerURL, allowsPlainHTTP: Bool) throws(FetchFailure) {
    guard let members = JSON(bytes)?.members, let named = members["issuer"]?.text,
      let keySetURL = members["jwks_uri"]?.text
    else { throw FetchFailure(.malformedAnswer, of: .metadata) }
    // RFC 8414 §3.3: otherwise whoever can put a file on the server speaks for all that are on it.
    guard named.utf8.elementsEqual(issuer.text.utf8) else { throw FetchFailure(.otherIssuer, of: .metadata) }
    self.keySetURL = try ServiceMetadata.checked(keySetURL, allowsPlainHTTP)
    if let feed = members["revocation_feed_endpoint"] {
      guard let url = feed.text else { throw FetchFailure(.malformedAnswer, of: .metadata) }
      revocationFeedURL = try ServiceMetadata.checked(url, allowsPlainHTTP)
    } else {
      revocationFeedURL = nil
    }
  }

  private static func checked(_ url: String, _ allowsPlainHTTP: Bool) throws(FetchFailure) -> String {
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw FetchFailure(.malformedAnswer, of: .metadata)
    }
    do throws(ServiceURL.Problem) {
      _ = try ServiceURL.parts(of: url, allowsPlainHTTP: allowsPlainHTTP)
    } catch {
      throw FetchFailure(error == .isNotEncrypted ? .insecureAddress : .malformedAnswer, of: .metadata)
    }
    return url
  }
}
