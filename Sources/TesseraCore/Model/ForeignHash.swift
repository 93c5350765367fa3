import TesseraJOSE

/// A hash that another service made of a client's secret.
package struct ForeignHash: Sendable, Equatable {
  /// How it was made.
  package let hashing: ForeignHashing
  /// What came out.
  package let bytes: [UInt8]

  /// Why a text is not taken for a hash, to follow "the hash of the secret is not taken: ".
  package struct Problem: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// Reads one of the forms that docs/moving.md lists.
  package init(_ text: String) throws(Problem) {
    // Spring Security puts the name of the algorithm before it.
    let text = text.hasPrefix("{bcrypt}") ? String(text.dropFirst("{bcrypt}".count)) : text
    let fields = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
    let found: (hashing: ForeignHashing, bytes: [UInt8])? =
      switch fields.count {
      case 5 where fields[1].hasPrefix("pbkdf2-"): ForeignHash.pbkdf2(fields)
      case 4 where fields[0] == "pbkdf2_sha256": ForeignHash.django(fields)
      case 4 where ["2a", "2b", "2y"].contains(fields[1]): ForeignHash.bcrypt(text)
      case 5 where fields[1] == "scrypt": ForeignHash.scrypt(fields)
      case 1: ForeignHash.sha256(text)
      default: nil
      }
    guard let found else {
      throw Problem(
        description: "it has none of the forms that are known, PBKDF2, bcrypt, scrypt and SHA-256"
      )
    }
    if let problem = found.hashing.problem { throw Problem(description: problem) }
    (hashing, bytes) = found
  }

  /// `$pbkdf2-sha256$i=25000,l=32$SALT$HASH` of Ory, or `$pbkdf2-sha256$29000$SALT$HASH` of passlib, which writes `.`
  /// for `+`.
  private static func pbkdf2(_ fields: [String]) -> (ForeignHashing, [UInt8])? {
    guard let function = ForeignHashing.HashFunction(rawValue: String(fields[1].dropFirst("pbkdf2-".count))),
      let salt = base64(fields[3]), let bytes = base64(fields[4])
    else { return nil }
    if let iterations = Int(fields[2]) {
      return (.pbkdf2(function, iterations: iterations, salt: salt, byteCount: bytes.count), bytes)
    }
    guard let numbers = numbers(fields[2], named: ["i", "l"]), numbers[1] == bytes.count else { return nil }
    return (.pbkdf2(function, iterations: numbers[0], salt: salt, byteCount: bytes.count), bytes)
  }

  /// `pbkdf2_sha256$720000$SALT$HASH` of Django; the salt is the text itself.
  private static func django(_ fields: [String]) -> (ForeignHashing, [UInt8])? {
    guard let iterations = Int(fields[1]), let bytes = base64(fields[3]) else { return nil }
    let salt = Array(fields[2].utf8)
    return (.pbkdf2(.sha256, iterations: iterations, salt: salt, byteCount: bytes.count), bytes)
  }

  /// `$2b$10$` and 53 characters, the first 22 of which are the salt.
  private static func bcrypt(_ text: String) -> (ForeignHashing, [UInt8])? {
    let bytes = Array(text.utf8)
    guard bytes.count == 60, bytes[6] == UInt8(ascii: "$"), bytes[7...].allSatisfy(\.isOfBcrypt),
      let hash = bcryptBytes(bytes[29...])
    else { return nil }
    return (.bcrypt(setting: String(decoding: bytes[..<29], as: UTF8.self)), hash)
  }

  /// The 23 bytes of the last 31 characters of what bcrypt gives; nil for another alphabet or length.
  static func bcryptBytes(_ characters: ArraySlice<UInt8>) -> [UInt8]? {
    let alphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let text = characters.compactMap { character in
      alphabet.firstIndex(of: character).map { standard[$0] }
    }
    guard characters.count == 31, text.count == 31 else { return nil }
    return Base64.decode(text[...])
  }

  /// `$scrypt$ln=15,r=8,p=1$SALT$HASH`, the PHC string of passlib and others.
  private static func scrypt(_ fields: [String]) -> (ForeignHashing, [UInt8])? {
    guard let numbers = numbers(fields[2], named: ["ln", "r", "p"]), let salt = base64(fields[3]),
      let bytes = base64(fields[4])
    else { return nil }
    let hashing = ForeignHashing.scrypt(
      logCost: numbers[0],
      blockSize: numbers[1],
      parallelism: numbers[2],
      salt: salt,
      byteCount: bytes.count
    )
    return (hashing, bytes)
  }

  /// 64 hexadecimal digits as of Doorkeeper, the same 32 bytes in base64 as of IdentityServer, or `{SSHA256}` and base64
  /// of the hash and the salt after it, as directories write it.
  private static func sha256(_ text: String) -> (ForeignHashing, [UInt8])? {
    if text.hasPrefix("{SSHA256}") {
      guard let bytes = Base64.decode(Array(text.utf8.dropFirst("{SSHA256}".utf8.count))[...]),
        bytes.count > 32
      else { return nil }
      return (.sha256(salt: Array(bytes[32...])), Array(bytes[..<32]))
    }
    let bytes = text.utf8.count == 64 ? [UInt8](hexadecimal: text) : Base64.decode(Array(text.utf8)[...])
    guard let bytes, bytes.count == 32 else { return nil }
    return (.sha256(salt: []), bytes)
  }

  /// base64 with or without padding, and with `.` for `+`.
  private static func base64(_ text: String) -> [UInt8]? {
    Base64.decode(text.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "+") : $0 }[...])
  }

  /// The values of `a=1,b=2` by these names in this order; nil for anything else.
  private static func numbers(_ text: String, named names: [String]) -> [Int]? {
    let pairs = text.split(separator: ",", omittingEmptySubsequences: false)
    guard pairs.count == names.count else { return nil }
    var numbers: [Int] = []
    for (pair, name) in zip(pairs, names) {
      guard pair.hasPrefix("\(name)="), let number = Int(pair.dropFirst(name.count + 1)) else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}

extension UInt8 {
  fileprivate var isOfBcrypt: Bool {
    switch self {
    case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
