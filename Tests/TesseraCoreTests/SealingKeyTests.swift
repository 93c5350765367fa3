import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import TesseraCore

/// AES-256-GCM-SIV by the processor's AES, and by swift-crypto: on a processor without AES, by swift-crypto twice.
@Suite struct SealingKeyTests {
  private static let ways = [true, false]

  @Test(arguments: SealingVectors.all, ways)
  func sealsAndOpensAsTheRFCDoes(vector: SealingVectors.Vector, byProcessor: Bool) {
    let key = SealingKey(vector.key, usesProcessor: byProcessor)
    #expect(key.sealed(vector.text, vector.nonce, vector.associated) == vector.box)
    #expect(key.opened(vector.box, vector.nonce, vector.associated) == vector.text)
  }

  @Test func thereAreAllVectorsOfTheRFC() {
    #expect(SealingVectors.all.count == 26)
    #expect(SealingVectors.all.allSatisfy { $0.key.count == 32 && $0.box.count == $0.text.count + 16 })
  }

  /// Every length of a text from 0 to 300, and of what is beside it.
  @Test(arguments: ways)
  func sealsWhatTheLibraryOpensAndOpensWhatItSeals(byProcessor: Bool) throws {
    for count in 0..<1505 {
      let bytes = bytes(count: 32)
      let (text, associated) = (self.bytes(count: count % 301), self.bytes(count: count * 7 % 301))
      let key = SealingKey(bytes, usesProcessor: byProcessor)
      let nonce = AES.GCM._SIV.Nonce()
      let library = try AES.GCM._SIV.seal(
        text,
        using: SymmetricKey(data: bytes),
        nonce: nonce,
        authenticating: associated
      )
      let box = library.combined.dropFirst(12)
      try #require(key.sealed(text, Array(nonce), associated) == Array(box), "\(count)")
      try #require(key.opened(Array(box), Array(nonce), associated) == text, "\(count)")
    }
  }

  @Test(arguments: ways)
  func opensNothingInWhichABitIsAnother(byProcessor: Bool) throws {
    let key = SealingKey(bytes(count: 32), usesProcessor: byProcessor)
    let text = bytes(count: 37)
    let associated = bytes(count: 21)
    let nonce = bytes(count: 12)
    let box = try #require(key.sealed(text, nonce, associated))
    for bit in 0..<box.count * 8 { #expect(key.opened(box.flipping(bit), nonce, associated) == nil) }
    for bit in 0..<nonce.count * 8 { #expect(key.opened(box, nonce.flipping(bit), associated) == nil) }
    for bit in 0..<associated.count * 8 { #expect(key.opened(box, nonce, associated.flipping(bit)) == nil) }
    #expect(key.opened(box, nonce, associated + [0]) == nil)
    #expect(key.opened(Array(box.dropFirst()), nonce, associated) == nil)
    #expect(key.opened(box, nonce, associated) == text)
  }

  @Test(arguments: ways)
  func leavesZerosOfATextThatIsNotAuthentic(byProcessor: Bool) throws {
    let key = SealingKey(bytes(count: 32), usesProcessor: byProcessor)
    let nonce = bytes(count: 12)
    var box = try #require(key.sealed(bytes(count: 100), nonce, [])).flipping(900)
    let tag = box.suffix(16)
    #expect(!key.open(&box, nonce, []))
    #expect(box == [UInt8](repeating: 0, count: 100) + tag)
  }

  private func bytes(count: Int) -> [UInt8] {
    (0..<count).map { _ in .random(in: .min ... .max) }
  }
}

extension SealingKey {
  /// The text encrypted, and its tag.
  fileprivate func sealed(_ text: [UInt8], _ nonce: [UInt8], _ associated: [UInt8]) -> [UInt8]? {
    var box = text + [UInt8](repeating: 0, count: 16)
    let isSealed = box.withUnsafeMutableBytes { box in
      nonce.withUnsafeBytes { nonce in
        associated.withUnsafeBytes { seal(box, nonce: nonce, authenticating: $0) }
      }
    }
    return isSealed ? box : nil
  }

  /// The text in clear; nil when the tag is not its own.
  fileprivate func opened(_ box: [UInt8], _ nonce: [UInt8], _ associated: [UInt8]) -> [UInt8]? {
    var box = box
    return open(&box, nonce, associated) ? box.dropLast(16) : nil
  }

  fileprivate func open(_ box: inout [UInt8], _ nonce: [UInt8], _ associated: [UInt8]) -> Bool {
    box.withUnsafeMutableBytes { box in
      nonce.withUnsafeBytes { nonce in
        associated.withUnsafeBytes { open(box, nonce: nonce, authenticating: $0) }
      }
    }
  }
}

extension [UInt8] {
  fileprivate func flipping(_ bit: Int) -> [UInt8] {
    var flipped = self
    flipped[bit / 8] ^= 1 << UInt8(bit % 8)
    return flipped
  }
}
