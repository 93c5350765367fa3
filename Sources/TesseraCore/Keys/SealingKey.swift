import CAESGCMSIV
import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// AES-256-GCM-SIV (RFC 8452) under one key.
///
/// By the processor's AES where it has it, with the key expanded once, and by swift-crypto elsewhere. Both make the same of
/// the same.
final class SealingKey: Sendable {
  static let nonceLength = 12
  static let tagLength = 16

  /// The key itself.
  let symmetric: SymmetricKey
  /// Nil where swift-crypto does it.
  ///
  /// Written before anybody has the key and after everybody had it.
  private nonisolated(unsafe) let expanded: UnsafeMutablePointer<aesgcmsiv_key>?

  /// A key of 32 bytes.
  ///
  /// Tests have swift-crypto do it whatever the processor can.
  init(_ bytes: some ContiguousBytes, usesProcessor: Bool = true) {
    symmetric = SymmetricKey(data: bytes)
    guard usesProcessor, symmetric.bitCount == 256, aesgcmsiv_is_supported() else {
      expanded = nil
      return
    }
    let expanded = UnsafeMutablePointer<aesgcmsiv_key>.allocate(capacity: 1)
    symmetric.withUnsafeBytes { aesgcmsiv_expand(expanded, $0.baseAddress) }
    self.expanded = expanded
  }

  /// The same key in memory of its own.
  func unshared() -> SealingKey { SealingKey(symmetric, usesProcessor: expanded != nil) }

  deinit {
    guard let expanded else { return }
    aesgcmsiv_wipe(expanded, MemoryLayout<aesgcmsiv_key>.size)
    expanded.deallocate()
  }

  /// Encrypts in place what is in the box, up to its last 16 bytes, which become the tag.
  ///
  /// False when the library fails.
  func seal(
    _ box: UnsafeMutableRawBufferPointer,
    nonce: UnsafeRawBufferPointer,
    authenticating associated: UnsafeRawBufferPointer
  ) -> Bool {
    let count = SealingKey.textCount(box, nonce)
    guard let expanded else { return sealByLibrary(box, nonce, associated) }
    aesgcmsiv_seal(
      expanded,
      nonce.baseAddress,
      associated.baseAddress,
      associated.count,
      box.baseAddress,
      count
    )
    return true
  }

  /// Decrypts in place what `seal` made.
  ///
  /// False when it was not made by this key with this nonce beside this; then zeros are left of the text.
  func open(
    _ box: UnsafeMutableRawBufferPointer,
    nonce: UnsafeRawBufferPointer,
    authenticating associated: UnsafeRawBufferPointer
  ) -> Bool {
    let count = SealingKey.textCount(box, nonce)
    guard let expanded else { return openByLibrary(box, nonce, associated) }
    return aesgcmsiv_open(
      expanded,
      nonce.baseAddress,
      associated.baseAddress,
      associated.count,
      box.baseAddress,
      count
    )
  }

  /// How many bytes of a box are its text.
  private static func textCount(_ box: UnsafeMutableRawBufferPointer, _ nonce: UnsafeRawBufferPointer) -> Int
  {
    precondition(
      nonce.count == nonceLength && box.count >= tagLength,
      "a box has a tag, and a nonce of 12 bytes"
    )
    return box.count - tagLength
  }
}

/// The same by swift-crypto.
extension SealingKey {
  private func sealByLibrary(
    _ box: UnsafeMutableRawBufferPointer,
    _ nonce: UnsafeRawBufferPointer,
    _ associated: UnsafeRawBufferPointer
  ) -> Bool {
    let text = UnsafeRawBufferPointer(rebasing: box.dropLast(SealingKey.tagLength))
    guard let nonce = try? AES.GCM._SIV.Nonce(data: nonce),
      let sealed = try? AES.GCM._SIV.seal(text, using: symmetric, nonce: nonce, authenticating: associated)
    else { return false }
    box.copyBytes(from: sealed.combined.dropFirst(SealingKey.nonceLength))
    return true
  }

  private func openByLibrary(
    _ box: UnsafeMutableRawBufferPointer,
    _ nonce: UnsafeRawBufferPointer,
    _ associated: UnsafeRawBufferPointer
  ) -> Bool {
    let text = UnsafeMutableRawBufferPointer(rebasing: box.dropLast(SealingKey.tagLength))
    guard let sealed = try? AES.GCM._SIV.SealedBox(combined: Data(nonce) + Data(box)),
      let opened = try? AES.GCM._SIV.open(sealed, using: symmetric, authenticating: associated)
    else {
      aesgcmsiv_wipe(text.baseAddress, text.count)
      return false
    }
    text.copyBytes(from: opened)
    return true
  }
}
