import TesseraJOSE

/// The name of the subject of a certificate (RFC 5280 §4.1.2.4).
///
/// Two are equal when all their parts are, in their order, byte by byte: none is a part of another.
package struct SubjectName: Sendable, Equatable {
  /// One part of a name, such as `CN=billing`.
  package struct Attribute: Sendable, Hashable {
    /// What it is of a name.
    package enum Value: Sendable, Hashable {
      /// The UTF-8 of a text.
      case text([UInt8])
      /// The DER of what is no text.
      case encoded([UInt8])
    }

    /// An object identifier, with dots.
    package let type: String
    package let value: Value

    package init(type: String, value: Value) {
      self.type = type
      self.value = value
    }
  }

  /// In the order of the certificate, which is not that of the text.
  package let parts: [Set<Attribute>]

  /// Nil for a name that says nothing, and for one that says the same twice at one place.
  package init?(_ parts: [[Attribute]]) {
    let sets = parts.map { Set($0) }
    guard !parts.isEmpty, zip(parts, sets).allSatisfy({ !$0.isEmpty && $0.count == $1.count }) else {
      return nil
    }
    self.parts = sets
  }

  /// Reads RFC 4514 §3; spaces around the separators count for nothing.
  ///
  /// Nil for anything else.
  package init?(_ text: String) {
    var reader = SubjectNameReader(text)
    guard let parts = reader.parts() else { return nil }
    self.init(parts.reversed())
  }
}

/// Reads the text of a distinguished name (RFC 4514 §3).
private struct SubjectNameReader {
  /// RFC 4514 §3, and two that tools print besides.
  private static let types = [
    "CN": "2.5.4.3", "L": "2.5.4.7", "ST": "2.5.4.8", "O": "2.5.4.10", "OU": "2.5.4.11", "C": "2.5.4.6",
    "STREET": "2.5.4.9", "DC": "0.9.2342.19200300.100.1.25", "UID": "0.9.2342.19200300.100.1.1",
    "SERIALNUMBER": "2.5.4.5", "EMAILADDRESS": "1.2.840.113549.1.9.1",
  ]
  private static let special = Set(##" "#+,;<=>\"##.utf8)
  /// What has to be escaped, wherever it stands.
  private static let forbidden = Set(#""+,;<>\"#.utf8)

  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Character) -> Bool {
    guard next == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() {
    while next == 0x20 { position += 1 }
  }

  mutating func parts() -> [[SubjectName.Attribute]]? {
    var parts: [[SubjectName.Attribute]] = []
    repeat {
      var part: [SubjectName.Attribute] = []
      repeat {
        guard let attribute = attribute() else { return nil }
        part.append(attribute)
      } while take("+")
      parts.append(part)
    } while take(",")
    return position == bytes.count ? parts : nil
  }

  private mutating func attribute() -> SubjectName.Attribute? {
    skipSpaces()
    let start = position
    while let byte = next, byte.isASCIILetterOrDigit || byte == UInt8(ascii: ".") { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    skipSpaces()
    guard take("="), let type = SubjectNameReader.type(name) else { return nil }
    skipSpaces()
    return (take("#") ? encoded() : text()).map { SubjectName.Attribute(type: type, value: $0) }
  }

  private static func type(_ name: String) -> String? {
    if let known = types[name.uppercased()] { return known }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
    let areNumbers = numbers.allSatisfy { number in
      !number.isEmpty && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
        && (number == "0" || number.first != "0")
    }
    return numbers.count >= 2 && areNumbers ? name : nil
  }

  private mutating func encoded() -> SubjectName.Attribute.Value? {
    var value: [UInt8] = []
    while let byte = hexPair() { value.append(byte) }
    skipSpaces()
    return value.isEmpty ? nil : .encoded(value)
  }

  private mutating func hexPair() -> UInt8? {
    guard position + 1 < bytes.count,
      let high = Character(Unicode.Scalar(bytes[position])).hexDigitValue,
      let low = Character(Unicode.Scalar(bytes[position + 1])).hexDigitValue
    else { return nil }
    position += 2
    return UInt8(high << 4 | low)
  }

  private mutating func text() -> SubjectName.Attribute.Value? {
    var value: [UInt8] = []
    // Spaces at the end count for nothing, unless they are escaped.
    var end = 0
    while let byte = next, byte != UInt8(ascii: ","), byte != UInt8(ascii: "+") {
      if take("\\") {
        guard let escaped = escaped() else { return nil }
        value.append(escaped)
        end = value.count
      } else {
        guard byte != 0, !SubjectNameReader.forbidden.contains(byte) else { return nil }
        position += 1
        value.append(byte)
        if byte != 0x20 { end = value.count }
      }
    }
    let text = Array(value[..<end])
    return text.isEmpty || String(validating: text, as: UTF8.self) == nil ? nil : .text(text)
  }

  private mutating func escaped() -> UInt8? {
    if let byte = next, SubjectNameReader.special.contains(byte) {
      position += 1
      return byte
    }
    return hexPair()
  }
}
