import TesseraSupport

/// An introspection endpoint that was checked (RFC 7662 §4).
struct IntrospectionEndpointURL: Sendable {
  let text: String

  init(_ text: String, allowsPlainHTTP: Bool) throws(InvalidIntrospectionEndpoint) {
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
