import Foundation
import TesseraCore

extension MasterKey {
  /// Reads a master key as base64 (RFC 4648 §4); nil unless it is exactly 32 bytes in it.
  init?(base64 text: some StringProtocol) {
    guard let bytes = Data(base64Encoded: String(text)) else { return nil }
    self.init(bytes: Array(bytes))
  }
}
