import TesseraCore

extension SourceAddress {
  /// Appends the description, for IPv4 without making a text of it.
  func append(to text: inout [UInt8]) {
    guard bytes.count == 4 else {
      text.append(contentsOf: description.utf8)
      return
    }
    for (index, byte) in bytes.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ".")) }
      if byte >= 100 { text.append(UInt8(ascii: "0") + byte / 100) }
      if byte >= 10 { text.append(UInt8(ascii: "0") + byte / 10 % 10) }
      text.append(UInt8(ascii: "0") + byte % 10)
    }
  }
}
