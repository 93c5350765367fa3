import Foundation
import TesseraSupport

/// What a documentation URL has to be, so that it can stand in an error as it is (RFC 6749 §5.2 `error_uri`).
enum DocumentationURL {
  static func isAllowed(_ text: String) -> Bool {
    guard (1...512).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      !text.contains(where: { "#\"\\<>^`{|}".contains($0) }),
      let parts = try? ServiceURL.parts(of: text, allowsPlainHTTP: true)
    else { return false }
    return parts.scheme == "https" || parts.scheme == "http"
  }
}
