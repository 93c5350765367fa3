/// Keys of which nobody has the other half: what verifies in place of keys that are not there.
enum NobodysKeys {
  /// The key for an algorithm.
  static func key(for algorithm: SigningAlgorithm) -> (any VerifyingKey)? { keys[algorithm] }

  private static let keys: [SigningAlgorithm: any VerifyingKey] = {
    var keys: [SigningAlgorithm: any VerifyingKey] = [:]
    for algorithm in SigningAlgorithm.all {
      keys[algorithm] = algorithm.verifier(modulus) ?? algorithm.generate(.system)?.verifyingKey
    }
    return keys
  }()

  /// As large as an RSA key of 2048 bits, and odd, as all are; making a real one would take a while.
  private static let modulus: JWK.Material = {
    var n = RandomSource.system.bytes(count: 256)
    n[0] |= 0x80
    n[255] |= 1
    return .rsa(n: n, e: [1, 0, 1])
  }()
}
