import Synchronization
import TesseraJOSE

/// A client that tokens are issued to, with how its last JWT began.
///
/// It cannot be copied, so that what it remembers is kept once. Whoever keeps the client keeps it.
package struct TokenHolder: ~Copyable, Sendable {
  /// What is registered.
  package let client: Client
  private let remembered = Mutex<(keyNumber: UInt16, type: JWTType, bytes: [UInt8])?>(nil)

  package init(_ client: Client) {
    self.client = client
  }

  /// How JWTs of this type and of this client begin that are signed by this key.
  ///
  /// The last is kept: header, issuer and the claims of the client, in base64url, are the same in all of them.
  func prefix(keyNumber: UInt16, _ type: JWTType, _ make: (Client) -> [UInt8]) -> [UInt8] {
    if let known = remembered.withLock({ $0 }), known.keyNumber == keyNumber, known.type == type {
      return known.bytes
    }
    let bytes = make(client)
    remembered.withLock { $0 = (keyNumber, type, bytes) }
    return bytes
  }
}
