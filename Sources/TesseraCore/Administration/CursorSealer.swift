import Crypto
import TesseraJOSE

/// Places in lists as texts that nobody else can make (HMAC-SHA-256 under a key of the master key).
package struct CursorSealer: Sendable {
  private static let tagSize = 16
  private let key: SymmetricKey

  package init(masterKey: MasterKey) {
    key = masterKey.managementKey
  }

  /// The place as a text for this list.
  package func seal(_ place: String, for list: String) -> String {
    Base64URL.encode(tag(of: place, in: list) + Array(place.utf8))
  }

  /// The place that a text was made of for this list; nil for any other text.
  package func open(_ text: String, for list: String) -> String? {
    guard let bytes = Base64URL.decode(text.utf8), bytes.count > CursorSealer.tagSize,
      let place = String(validating: bytes.dropFirst(CursorSealer.tagSize), as: UTF8.self)
    else { return nil }
    let (given, right) = (Array(bytes.prefix(CursorSealer.tagSize)), tag(of: place, in: list))
    return zip(given, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0 ? place : nil
  }

  private func tag(of place: String, in list: String) -> [UInt8] {
    var hmac = HMAC<SHA256>(key: key)
    for part in ["cursor", list, place] {
      let bytes = Array(part.utf8)
      withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hmac.update(data: $0) }
      hmac.update(data: bytes)
    }
    return Array(Array(hmac.finalize()).prefix(CursorSealer.tagSize))
  }
}
