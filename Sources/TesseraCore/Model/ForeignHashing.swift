import TesseraJOSE

/// How another service hashed a secret, with all that it takes to hash one in the same way.
///
/// What costs more than `maximumCost` allows there is none of: whoever guesses makes us compute it.
package enum ForeignHashing: Sendable, Equatable {
  /// PBKDF2 (RFC 8018 §5.2) with HMAC.
  case pbkdf2(HashFunction, iterations: Int, salt: [UInt8], byteCount: Int)
  /// bcrypt: the version, the cost and the salt, as `crypt` takes them, such as `$2b$10$` and 22 characters.
  case bcrypt(setting: String)
  /// scrypt (RFC 7914) with the cost 2 to the power of `logCost`.
  case scrypt(logCost: Int, blockSize: Int, parallelism: Int, salt: [UInt8], byteCount: Int)
  /// SHA-256 of the secret with the salt after it.
  case sha256(salt: [UInt8])

  /// The hash function of an HMAC.
  package enum HashFunction: String, Sendable {
    case sha256, sha512

    fileprivate var byteCount: Int { self == .sha256 ? 32 : 64 }
  }

  /// What it is called in reports and in the audit log.
  package var name: String {
    switch self {
    case .pbkdf2(let function, _, _, _): "pbkdf2-\(function.rawValue)"
    case .bcrypt: "bcrypt"
    case .scrypt: "scrypt"
    case .sha256: "sha256"
    }
  }
}

/// What is allowed of it.
extension ForeignHashing {
  /// How many bytes a hash may have: fewer are found by chance.
  static let byteCounts = 16...64
  private static let saltByteCounts = 1...128
  /// Up to three quarters of a second of one core, as each of these is.
  private static func maximumIterations(_ function: HashFunction) -> Int {
    function == .sha256 ? 1_000_000 : 500_000
  }
  private static let bcryptCosts = 4...13
  private static let maximumScryptCost = 1 << 20
  private static let maximumScryptMemory = 64 << 20

  /// Why it is not taken; nil when it is.
  var problem: String? {
    switch self {
    case .pbkdf2(let function, let iterations, let salt, let byteCount):
      let rounds = iterations.multipliedReportingOverflow(
        by: (byteCount + function.byteCount - 1) / function.byteCount
      )
      let most = ForeignHashing.maximumIterations(function)
      if iterations < 1 || rounds.overflow || rounds.partialValue > most {
        return "it has \(iterations) iterations, and 1 to \(most) are computed here"
      }
      return ForeignHashing.problem(ofSalt: salt, byteCount: byteCount)
    case .bcrypt(let setting):
      let cost = Int(setting.dropFirst(4).prefix(2))
      guard let cost, ForeignHashing.bcryptCosts.contains(cost) else {
        return "its cost is none of 4 to 13, which are computed here"
      }
      return nil
    case .scrypt(let logCost, let blockSize, let parallelism, let salt, let byteCount):
      guard (1...20).contains(logCost), (1...64).contains(blockSize), (1...64).contains(parallelism),
        (blockSize * parallelism) << logCost <= ForeignHashing.maximumScryptCost,
        (128 * blockSize) << logCost <= ForeignHashing.maximumScryptMemory
      else {
        return
          "ln=\(logCost),r=\(blockSize),p=\(parallelism) takes more than 64 MiB or three quarters of a second"
      }
      return ForeignHashing.problem(ofSalt: salt, byteCount: byteCount)
    case .sha256(let salt):
      return salt.count > ForeignHashing.saltByteCounts.upperBound ? "its salt is too long" : nil
    }
  }

  private static func problem(ofSalt salt: [UInt8], byteCount: Int) -> String? {
    guard saltByteCounts.contains(salt.count) else { return "its salt has \(salt.count) bytes, not 1 to 128" }
    guard byteCounts.contains(byteCount) else { return "it has \(byteCount) bytes, not 16 to 64" }
    return nil
  }
}

/// As a store keeps it: words with single spaces between them.
extension ForeignHashing {
  package var text: String {
    switch self {
    case .pbkdf2(let function, let iterations, let salt, let byteCount):
      "pbkdf2 \(function.rawValue) \(iterations) \(byteCount) \(Base64URL.encode(salt))"
    case .bcrypt(let setting): "bcrypt \(setting)"
    case .scrypt(let logCost, let blockSize, let parallelism, let salt, let byteCount):
      "scrypt \(logCost) \(blockSize) \(parallelism) \(byteCount) \(Base64URL.encode(salt))"
    case .sha256(let salt): "sha256 \(Base64URL.encode(salt))"
    }
  }

  /// Nil for what `text` never gives, and for what is not allowed.
  package init?(text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard let kind = words.first, let last = words.last else { return nil }
    let numbers = words.dropFirst().dropLast().compactMap { Int($0) }
    let salt = Base64URL.decode(last.utf8)
    switch (String(kind), words.count) {
    case ("pbkdf2", 5):
      guard let function = HashFunction(rawValue: String(words[1])), numbers.count == 2, let salt else {
        return nil
      }
      self = .pbkdf2(function, iterations: numbers[0], salt: salt, byteCount: numbers[1])
    case ("bcrypt", 2): self = .bcrypt(setting: String(last))
    case ("scrypt", 6):
      guard numbers.count == 4, let salt else { return nil }
      self = .scrypt(
        logCost: numbers[0],
        blockSize: numbers[1],
        parallelism: numbers[2],
        salt: salt,
        byteCount: numbers[3]
      )
    case ("sha256", 2):
      guard let salt else { return nil }
      self = .sha256(salt: salt)
    default: return nil
    }
    if problem != nil { return nil }
  }
}
