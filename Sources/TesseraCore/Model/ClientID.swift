package import TesseraJOSE

/// A client identifier (RFC 6749 §2.2): 1 to 255 characters of VSCHAR (RFC 6749 Appendix A.1).
///
/// Ours are UUIDs, which are kept as two numbers: a million clients are a million keys of 17 bytes, and the ID of a
/// request is compared without a text being made.
package struct ClientID: Hashable, Sendable {
  private enum Form: Hashable {
    /// A UUID in lower case, and only one that is written so.
    case uuid(UUIDText.Value)
    case text(String)
  }

  private let form: Form

  /// Nil when the text is empty, longer than 255 characters or not VSCHAR.
  package init?(_ rawValue: String) {
    self.init(bytes: rawValue.utf8)
  }

  /// The same from UTF-8.
  package init?(bytes: some Collection<UInt8>) {
    if let uuid = UUIDText.Value(bytes) {
      form = .uuid(uuid)
      return
    }
    guard (1...255).contains(bytes.count), bytes.allSatisfy(\.isVSCHAR) else { return nil }
    form = .text(String(decoding: bytes, as: UTF8.self))
  }

  init(uuid: UUIDText.Value) {
    form = .uuid(uuid)
  }

  init(validated rawValue: String) {
    form = .text(rawValue)
  }

  /// A new UUID of version 4 in lower case (RFC 9562 §5.4).
  package static func random(using randomness: RandomSource) -> ClientID {
    var bytes = randomness.bytes(count: 16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    return ClientID(uuid: UUIDText.Value(bytes: bytes))
  }

  /// The identifier as it stands in a request.
  package var rawValue: String {
    switch form {
    case .uuid(let uuid): uuid.text
    case .text(let text): text
    }
  }

  /// The 16 bytes of a UUID; nil for another identifier.
  var uuid: UUIDText.Value? {
    if case .uuid(let uuid) = form { uuid } else { nil }
  }

  /// Whether it is a UUID, and so has nothing to quote anywhere.
  package var isPlain: Bool { uuid != nil }

  /// A number in whose low bits IDs differ.
  var spread: Int {
    switch form {
    case .uuid(let uuid): uuid.spread
    case .text(let text): text.hashValue
    }
  }

  /// Appends the identifier as it stands in a request.
  package func append(to bytes: inout [UInt8]) {
    switch form {
    case .uuid(let uuid): uuid.appendText(to: &bytes)
    case .text(let text): bytes.append(contentsOf: text.utf8)
    }
  }
}

extension ClientID: Comparable, CustomStringConvertible {
  package var description: String { rawValue }

  package static func < (left: ClientID, right: ClientID) -> Bool { left.rawValue < right.rawValue }
}
