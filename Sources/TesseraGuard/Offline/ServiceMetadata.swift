import TesseraJOSE
import TesseraSupport

/// The members of authorization server metadata that count here (RFC 8414 §2).
struct ServiceMetadata: Sendable {
  /// The largest document that is read, in bytes.
  static let maximumSize = 65_536

  let keySetURL: String
  /// Where keys are that few libraries read, of type AKP; nil when there are none apart.
  let postQuantumKeySetURL: String?
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
    postQuantumKeySetURL = try ServiceMetadata.url("jwks_pq_uri", in: members, allowsPlainHTTP)
    revocationFeedURL = try ServiceMetadata.url("revocation_feed_endpoint", in: members, allowsPlainHTTP)
  }

  /// The member of this name; nil when there is none.
  private static func url(
    _ name: String,
    in members: [String: JSON],
    _ allowsPlainHTTP: Bool
  ) throws(FetchFailure) -> String? {
    guard let member = members[name] else { return nil }
    guard let url = member.text else { throw FetchFailure(.malformedAnswer, of: .metadata) }
    return try checked(url, allowsPlainHTTP)
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
