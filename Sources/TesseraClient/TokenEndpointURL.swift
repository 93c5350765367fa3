import TesseraSupport

/// A token endpoint that was checked (RFC 6749 §3.2).
struct TokenEndpointURL: Sendable {
  let text: String

  init(_ text: String, allowsPlainHTTP: Bool) throws(InvalidTokenEndpoint) {
    do throws(ServiceURL.Problem) {
      _ = try ServiceURL.parts(of: text, allowsPlainHTTP: allowsPlainHTTP)
    } catch {
      switch error {
      case .notAnHTTPURL: throw .notAnHTTPURL
      case .hasFragment: throw .hasFragment
      case .hasUserInformation: throw .hasUserInformation
      case .isNotEncrypted: throw .isNotEncrypted
      }
    }
    self.text = text
  }
}
