extension String {
  /// This text in a form: everything but unreserved characters (RFC 3986 §2.3) becomes an escape.
  var formEncoded: String {
    utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }

  /// This text without the one newline at its end that an editor or `echo` leaves there.
  var withoutFinalNewline: String {
    hasSuffix("\r\n") || hasSuffix("\n") ? String(dropLast()) : self
  }
}
