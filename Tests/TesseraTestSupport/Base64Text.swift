import Foundation

/// Base64 of a text's UTF-8, by Foundation, so that our own decoder is not tested with itself.
package func base64(_ text: String) -> String {
  Data(text.utf8).base64EncodedString()
}
