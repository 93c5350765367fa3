import TesseraSupport

/// Where the keys of a client are (RFC 7591 §2, `jwks_uri`): https, without user information and fragment.
package struct KeySetURL: Sendable, Equatable {
  /// The most characters.
  package static let maximumLength = 2000
  package let text: String

  package init(_ text: String) throws(AdministrationError) {
    func refused(_ problem: String) -> AdministrationError { .invalid(.keySetURL, "jwks_uri \(problem)") }
    guard text.utf8.count <= KeySetURL.maximumLength, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw refused("has at most \(KeySetURL.maximumLength) visible ASCII characters") }
    do throws(ServiceURL.Problem) {
      _ = try ServiceURL.parts(of: text, allowsPlainHTTP: false)
      // Not even of this machine: whoever may register clients is not who runs it.
      guard text.lowercased().hasPrefix("https:") else { throw .isNotEncrypted }
    } catch {
      switch error {
      case .notAnHTTPURL: throw refused("has to be a URL such as https://app.example.com/jwks.json")
      case .hasFragment: throw refused("must not have a fragment (#)")
      case .hasUserInformation: throw refused("must not have a user name or a password")
      case .isNotEncrypted: throw refused("has to begin with https://")
      }
    }
    self.text = text
  }
}
