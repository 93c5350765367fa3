import Crypto
import TesseraJOSE
import Testing

@testable import TesseraCore

@Suite struct SecretHasherTests {
  @Test("A digest is HMAC-SHA-256 as swift-crypto has it, for every length and for copies of the hasher")
  func oracle() {
    let key = SymmetricKey(data: RandomSource.system.bytes(count: 32))
    for hasher in [SecretHasher(key: key), SecretHasher(key: key).unshared()] {
      for length in 0...200 {
        let secret = RandomSource.system.bytes(count: length)
        let expected = Array(HMAC<SHA256>.authenticationCode(for: secret, using: key))
        #expect(hasher.digest(secret[...]).bytes == expected)
      }
    }
  }

  @Test("Another key gives another digest")
  func keys() {
    let secret = RandomSource.system.bytes(count: 32)[...]
    let digests = (0..<3).map { number in
      SecretHasher(key: SymmetricKey(data: [UInt8](repeating: number, count: 32))).digest(secret)
    }
    #expect(Set(digests).count == 3)
  }
}
